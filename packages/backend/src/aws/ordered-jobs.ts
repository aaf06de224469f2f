import { DescribeJobCommand, type IoTClient, ListJobsCommand } from '@aws-sdk/client-iot'
import { type JobId, jobIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { isNamed } from './failures.ts'
import { type Page, pageSize } from './page.ts'

/** A job of whatever kind, as a list shows it. */
export interface DatedJob {
  jobId: JobId
  status: string
  /** Milliseconds since 1970. */
  createdAtMs: number
}

/** How many of a job's things stand how. */
export interface JobTally {
  succeeded: number
  /** What did not succeed: failed, timed out or rejected. */
  failed: number
  inProgress: number
}

/** AWS IoT Jobs for whoever asks what has become of jobs. */
export interface OrderedJobs {
  list(page: string | undefined): Promise<Page<DatedJob>>
  /** Nothing of a job that is gone. */
  tallyOf(jobId: JobId): Promise<JobTally>
}

export const iotOrderedJobs = (client: IoTClient): OrderedJobs => ({
  async list(nextToken) {
    const answer = await client.send(new ListJobsCommand({ maxResults: pageSize, nextToken }))
    const { jobs, nextToken: next } = v.parse(jobsSchema, answer)
    const items = jobs.map(({ createdAt, ...rest }) => ({ ...rest, createdAtMs: createdAt.getTime() }))
    return { items, next }
  },
  async tallyOf(jobId) {
    try {
      const { job } = v.parse(descriptionSchema, await client.send(new DescribeJobCommand({ jobId })))
      const { jobProcessDetails: counts } = job
      return {
        succeeded: counts.numberOfSucceededThings,
        failed: counts.numberOfFailedThings + counts.numberOfTimedOutThings + counts.numberOfRejectedThings,
        inProgress: counts.numberOfInProgressThings,
      }
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return { succeeded: 0, failed: 0, inProgress: 0 }
      throw error
    }
  },
})

const jobsSchema = v.object({
  jobs: v.array(v.object({ jobId: jobIdSchema, status: v.string(), createdAt: v.date() })),
  nextToken: v.optional(v.string()),
})

/** AWS IoT leaves counts out where there is nothing to count yet. */
const count = v.optional(v.number(), 0)
const descriptionSchema = v.object({
  job: v.object({
    jobProcessDetails: v.optional(
      v.object({
        numberOfSucceededThings: count,
        numberOfFailedThings: count,
        numberOfTimedOutThings: count,
        numberOfRejectedThings: count,
        numberOfInProgressThings: count,
      }),
      {},
    ),
  }),
})
