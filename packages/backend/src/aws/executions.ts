import { DescribeJobExecutionCommand, type IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import { executionNumberSchema, type JobId, type ThingName } from '@rotator/protocol/ids'
import { type ExecutionStatus, executionStatuses } from '@rotator/protocol/messages/jobs'
import * as v from 'valibot'
import { isNamed } from './failures.ts'

/** A job execution as it stands. */
export interface Execution {
  executionNumber: number
  status: ExecutionStatus
  /** The job document, parsed; undefined where it is no JSON. */
  document: unknown
  /** Until AWS ends it TIMED_OUT; undefined where no timer runs. */
  secondsLeft: number | undefined
  /** When the device began with it; undefined before. */
  startedAtMs: number | undefined
}

/** AWS IoT Jobs, seen from the thing's side. */
export interface Executions {
  /**
   * @param executionNumber undefined: the newest one
   * @returns undefined for an execution that is over, gone, or never was: AWS does not tell these apart for certain
   */
  read(thing: ThingName, jobId: JobId, executionNumber: number | undefined): Promise<Execution | undefined>
}

export function iotExecutions(client: IoTJobsDataPlaneClient): Executions {
  return {
    async read(thing, jobId, executionNumber) {
      try {
        const { execution } = await client.send(
          new DescribeJobExecutionCommand({
            thingName: thing,
            jobId,
            executionNumber,
            includeJobDocument: true,
          }),
        )
        const described = v.parse(describedSchema, execution)
        return {
          executionNumber: described.executionNumber,
          status: described.status,
          document: parseDocument(described.jobDocument),
          secondsLeft: described.approximateSecondsBeforeTimedOut,
          startedAtMs: described.startedAt,
        }
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException', 'TerminalStateException')) return undefined
        throw error
      }
    },
  }
}

const describedSchema = v.object({
  executionNumber: executionNumberSchema,
  status: v.picklist(executionStatuses),
  jobDocument: v.optional(v.string(), ''),
  approximateSecondsBeforeTimedOut: v.optional(v.number()),
  /** AWS gives seconds since 1970. */
  startedAt: v.optional(
    v.pipe(
      v.number(),
      v.transform(seconds => seconds * 1000),
    ),
  ),
})

function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
