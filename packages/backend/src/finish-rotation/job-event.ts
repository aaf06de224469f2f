import { type FailureCode, isFailureCode } from '@rotator/protocol/failure-codes'
import { certificateIdSchema, executionNumberSchema, jobIdSchema } from '@rotator/protocol/ids'
import { parseWith } from '@rotator/protocol/parsed'
import type { EndedEvent } from '@rotator/rotation/record/events'
import * as v from 'valibot'
import { thingArnSchema } from '../aws/thing-arn.ts'
import { reporterOf } from '../reporter.ts'

const operations = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  rejected: 'REJECTED',
  timed_out: 'TIMED_OUT',
  canceled: 'CANCELED',
  removed: 'REMOVED',
  deleted: 'DELETED',
} as const

const jobEventSchema = v.object({
  operation: v.picklist(['succeeded', 'failed', 'rejected', 'timed_out', 'canceled', 'removed', 'deleted']),
  jobId: jobIdSchema,
  thingArn: thingArnSchema,
  /** What our device last said of the execution; others' details are as they please. */
  statusDetails: v.optional(v.record(v.string(), v.unknown()), {}),
})

/**
 * The end of an execution, as AWS IoT Jobs tells it. The execution's number is known where our device worked on it: it
 * stands in the status details.
 */
export interface JobEvent {
  thing: v.InferOutput<typeof thingArnSchema>
  ended: EndedEvent
  /** The new certificate that the device named with its last word. */
  certificateId: v.InferOutput<typeof certificateIdSchema> | undefined
  /** Why the device failed; none that is not in our tables, which a metric would be made of. */
  failureCode: FailureCode | undefined
}

/** @throws where it is no such event: AWS made it, so there is nobody to refuse it to */
export function readJobEvent(event: unknown): JobEvent {
  const parsed = parseWith(jobEventSchema, event)
  if (!parsed.ok) throw new Error(`the event is not one of a job execution's end: ${parsed.problem}`)
  const { operation, jobId, thingArn: thing, statusDetails } = parsed.value
  const named = parseWith(certificateIdSchema, statusDetails.certificateId)
  const numbered = parseWith(executionNumberSchema, Number(statusDetails.executionNumber))
  return {
    thing,
    ended: {
      kind: 'ended',
      execution: { jobId, executionNumber: numbered.ok ? numbered.value : undefined },
      status: operations[operation],
      reporter: reporterOf(statusDetails),
    },
    certificateId: named.ok ? named.value : undefined,
    failureCode: isFailureCode(statusDetails.failureCode) ? statusDetails.failureCode : undefined,
  }
}
