import * as v from 'valibot'
import { executionNumberSchema, jobIdSchema } from '../ids.ts'

export const executionStatuses = [
  'QUEUED',
  'IN_PROGRESS',
  'SUCCEEDED',
  'FAILED',
  'REJECTED',
  'TIMED_OUT',
  'CANCELED',
  'REMOVED',
] as const
export type ExecutionStatus = (typeof executionStatuses)[number]

export const isOver = (status: ExecutionStatus): boolean => status !== 'QUEUED' && status !== 'IN_PROGRESS'

/** A job execution as AWS IoT Jobs describes it over MQTT. The document is left out where it was not asked for. */
export const jobExecutionSchema = v.object({
  jobId: jobIdSchema,
  status: v.picklist(executionStatuses),
  executionNumber: v.optional(executionNumberSchema, 1),
  versionNumber: v.optional(v.number()),
  jobDocument: v.optional(v.unknown()),
  statusDetails: v.optional(v.record(v.string(), v.unknown())),
})
export type JobExecution = v.InferOutput<typeof jobExecutionSchema>

/** `notify-next` and the answer to a get: no `execution` where nothing is pending. */
export const nextExecutionSchema = v.object({ execution: v.optional(jobExecutionSchema) })
export type NextExecution = v.InferOutput<typeof nextExecutionSchema>

export const updateAcceptedSchema = v.object({ clientToken: v.optional(v.string()) })

/** The rejection of a Jobs request; `code` such as `ResourceNotFound`, `InvalidStateTransition`, `RequestThrottled`. */
export const jobRejectedSchema = v.object({
  code: v.string(),
  message: v.optional(v.string()),
  clientToken: v.optional(v.string()),
  executionState: v.optional(v.object({ status: v.optional(v.picklist(executionStatuses)) })),
})
export type JobRejected = v.InferOutput<typeof jobRejectedSchema>
