import { CreateJobCommand, type IoTClient, paginateListJobExecutionsForThing } from '@aws-sdk/client-iot'
import { type JobId, jobIdSchema, type ThingName } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { isNamed } from './failures.ts'
import { pageSize } from './page.ts'

/** The most targets that AWS IoT Jobs takes for one job. */
export const mostTargets = 100

/** Statuses of an execution that a device has not ended. */
export const openStatuses = ['QUEUED', 'IN_PROGRESS'] as const
export type OpenStatus = (typeof openStatuses)[number]

export interface NewJob {
  /** The same for the same reason: it is what keeps a repeated order from becoming a second job. */
  jobId: JobId
  /** At most {@link mostTargets}. */
  things: readonly ThingName[]
  description: string
}

/** AWS IoT Jobs for whoever orders rotations. */
export interface RotationJobs {
  /** Jobs, of whatever kind, that a thing has an execution of; none of a thing that is not registered. All pages. */
  openOf(thing: ThingName, status: OpenStatus): Promise<JobId[]>
  /** Makes a job from the template, with its pace, timeout and retries. */
  create(job: NewJob): Promise<'created' | 'there-already'>
}

/** @param arns of the template, and everything before a thing's name: `arn:aws:iot:<region>:<account>:thing/` */
export function iotRotationJobs(
  client: IoTClient,
  arns: { template: string; thingPrefix: string },
): RotationJobs {
  return {
    async openOf(thingName, status) {
      const jobs: JobId[] = []
      try {
        const pages = paginateListJobExecutionsForThing({ client, pageSize }, { thingName, status })
        for await (const page of pages) {
          jobs.push(...v.parse(executionsSchema, page).executionSummaries.map(({ jobId }) => jobId))
        }
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error
      }
      return jobs
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

const executionsSchema = v.object({ executionSummaries: v.array(v.object({ jobId: jobIdSchema })) })
