import { CreateJobCommand, type IoTClient, paginateListJobExecutionsForThing } from '@aws-sdk/client-iot'
import { type JobId, jobIdSchema, type ThingName } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { isNamed } from './failures.ts'
import { pageSize } from './page.ts'

/** The most targets that AWS IoT Jobs takes for one job. */
export const mostTargets = 100

/** How an execution of a thing's stands. */
export interface ThingExecution {
  jobId: JobId
  status: string
  /** Milliseconds since 1970. */
  updatedAtMs: number
}

export interface NewJob {
  /** The same for the same reason: it is what keeps a repeated order from becoming a second job. */
  jobId: JobId
  /** At most {@link mostTargets}. */
  things: readonly ThingName[]
  description: string
}

/** AWS IoT Jobs for whoever orders rotations. */
export interface RotationJobs {
  /** The executions that AWS IoT Jobs still has of a thing, of jobs of all kinds; none of one that is not registered. */
  executionsOf(thing: ThingName): Promise<ThingExecution[]>
  /** Makes a job from the template, with its pace, timeout and retries. */
  create(job: NewJob): Promise<'created' | 'there-already'>
}

/** @param arns of the template, and everything before a thing's name: `arn:aws:iot:<region>:<account>:thing/` */
export function iotRotationJobs(
  client: IoTClient,
  arns: { template: string; thingPrefix: string },
): RotationJobs {
  return {
    async executionsOf(thingName) {
      const executions: ThingExecution[] = []
      try {
        for await (const page of paginateListJobExecutionsForThing({ client, pageSize }, { thingName })) {
          executions.push(
            ...v
              .parse(executionsSchema, page)
              .executionSummaries.map(({ jobId, jobExecutionSummary: { status, lastUpdatedAt } }) => ({
                jobId,
                status,
                updatedAtMs: lastUpdatedAt.getTime(),
              })),
          )
        }
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error
      }
      return executions
    },
    async create({ jobId, things, description }) {
      try {
        await client.send(
          new CreateJobCommand({
            jobId,
            description,
            jobTemplateArn: arns.template,
            targets: things.map(thing => arns.thingPrefix + thing),
          }),
        )
        return 'created'
      } catch (error) {
        if (isNamed(error, 'ResourceAlreadyExistsException')) return 'there-already'
        throw error
      }
    },
  }
}

const executionsSchema = v.object({
  executionSummaries: v.array(
    v.object({
      jobId: jobIdSchema,
      jobExecutionSummary: v.object({ status: v.string(), lastUpdatedAt: v.date() }),
    }),
  ),
})
