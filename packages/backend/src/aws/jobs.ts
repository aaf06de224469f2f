import {
  DescribeJobExecutionCommand,
  DescribeJobTemplateCommand,
  GetJobDocumentCommand,
  type IoTClient,
  ListJobExecutionsForJobCommand,
  ListJobExecutionsForThingCommand,
  ListJobsCommand,
} from '@aws-sdk/client-iot'
import {
  type ExecutionId,
  executionNumberSchema,
  type JobId,
  jobIdSchema,
  type ThingName,
} from '@rotator/protocol/ids'
import { rotationSchema } from '@rotator/protocol/messages/job-document'
import { executionStatuses } from '@rotator/protocol/messages/jobs'
import { parseJsonWith } from '@rotator/protocol/parsed'
import type { ListedExecution } from '@rotator/rotation/record/sweep'
import * as v from 'valibot'
import { isNamed } from './failures.ts'
import { type Page, pageSize } from './page.ts'
import { thingArnSchema } from './thing-arn.ts'

/** A job as a list shows it. */
export interface ListedJob {
  jobId: JobId
  status: string
  /** The last that is known to have happened to it, in milliseconds since 1970. */
  lastUpdatedAtMs: number
}

/** The newest try of a job on one of its things. */
export interface JobShare {
  thing: ThingName
  execution: ListedExecution
}

/** AWS IoT Jobs, seen from the account's side. Ten of each of these calls a second are allowed, of all programs. */
export interface Jobs {
  /** When the template was made, in milliseconds since 1970; 0 where there is none (any more). */
  templateMadeAtMs(templateId: string): Promise<number>
  list(page: string | undefined): Promise<Page<ListedJob>>
  /** Whether it asks for a rotation; not so of a job that is gone. */
  isRotation(jobId: JobId): Promise<boolean>
  /** Nothing of a job that is gone. */
  listShares(jobId: JobId, page: string | undefined): Promise<Page<JobShare>>
  /** Every try of every job of a thing, all pages. */
  listOfThing(thing: ThingName): Promise<ListedExecution[]>
  /** What a device last said of an execution; nothing of one that is gone. */
  readDetails(thing: ThingName, execution: ExecutionId): Promise<Record<string, string>>
}

export function iotJobs(client: IoTClient): Jobs {
  return {
    async templateMadeAtMs(jobTemplateId) {
      const answer = await unlessGone(client.send(new DescribeJobTemplateCommand({ jobTemplateId })))
      return answer?.createdAt?.getTime() ?? 0
    },
    async list(nextToken) {
      const answer = await client.send(new ListJobsCommand({ maxResults: pageSize, nextToken }))
      const { jobs, nextToken: next } = v.parse(jobsSchema, answer)
      return { items: jobs, next }
    },
    async isRotation(jobId) {
      const answer = await unlessGone(client.send(new GetJobDocumentCommand({ jobId })))
      return parseJsonWith(rotationSchema, answer?.document ?? '').ok
    },
    async listShares(jobId, nextToken) {
      const call = client.send(new ListJobExecutionsForJobCommand({ jobId, maxResults: pageSize, nextToken }))
      const answer = (await unlessGone(call)) ?? { executionSummaries: [] }
      const { executionSummaries, nextToken: next } = v.parse(sharesSchema, answer)
      const items = executionSummaries.map(({ thingArn: thing, jobExecutionSummary }) => ({
        thing,
        execution: { jobId, ...jobExecutionSummary },
      }))
      return { items, next }
    },
    async listOfThing(thingName) {
      const executions: ListedExecution[] = []
      let nextToken: string | undefined
      do {
        const page: v.InferOutput<typeof executionsSchema> = v.parse(
          executionsSchema,
          await client.send(
            new ListJobExecutionsForThingCommand({ thingName, maxResults: pageSize, nextToken }),
          ),
        )
        executions.push(
          ...page.executionSummaries.map(one => ({ jobId: one.jobId, ...one.jobExecutionSummary })),
        )
        nextToken = page.nextToken
      } while (nextToken)
      return executions
    },
    readDetails: (thing, execution) => readDetails(client, thing, execution),
  }
}

async function readDetails(
  client: IoTClient,
  thingName: ThingName,
  execution: ExecutionId,
): Promise<Record<string, string>> {
  const call = client.send(new DescribeJobExecutionCommand({ thingName, ...execution }))
  return (await unlessGone(call))?.execution?.statusDetails?.detailsMap ?? {}
}

const nextToken = v.optional(v.string())
const milliseconds = v.pipe(
  v.date(),
  v.transform(date => date.getTime()),
)

const jobsSchema = v.object({
  jobs: v.array(
    v.pipe(
      v.object({
        jobId: jobIdSchema,
        status: v.string(),
        lastUpdatedAt: milliseconds,
        completedAt: v.optional(milliseconds, new Date(0)),
      }),
      v.transform(({ jobId, status, lastUpdatedAt, completedAt }) => ({
        jobId,
        status,
        lastUpdatedAtMs: Math.max(lastUpdatedAt, completedAt),
      })),
    ),
  ),
  nextToken,
})

const summary = v.pipe(
  v.object({
    status: v.picklist(executionStatuses),
    executionNumber: executionNumberSchema,
    lastUpdatedAt: milliseconds,
    /** When the device took it up; absent of what it never did. */
    startedAt: v.optional(milliseconds),
  }),
  v.transform(({ lastUpdatedAt: lastUpdatedAtMs, startedAt, ...rest }) => ({
    ...rest,
    lastUpdatedAtMs,
    hasBegun: startedAt !== undefined,
  })),
)
const sharesSchema = v.object({
  executionSummaries: v.array(v.object({ thingArn: thingArnSchema, jobExecutionSummary: summary })),
  nextToken,
})
const executionsSchema = v.object({
  executionSummaries: v.array(v.object({ jobId: jobIdSchema, jobExecutionSummary: summary })),
  nextToken,
})

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}
