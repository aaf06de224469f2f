import type { FakeDataPlane, FakeExecution } from './data-plane.ts'
import { AwsFailure, json, type Operation } from './wire.ts'

const thingArn = (thing: string): string => `arn:aws:iot:eu-west-1:123456789012:thing/${thing}`
const isPending = ({ status }: FakeExecution): boolean => status === 'QUEUED' || status === 'IN_PROGRESS'
const seconds = (ms: number): number => ms / 1000

interface Job {
  jobId: string
  shares: (readonly [thing: string, execution: FakeExecution])[]
}

/** AWS IoT Jobs as an operator sees it: whatever executions there are, and the jobs that they make up. */
export class FakeJobs {
  readonly #data: FakeDataPlane
  /** Of jobs that are in another state than their executions show. */
  readonly statuses = new Map<string, string>()
  /** Undefined: there is no template. */
  templateMadeAtMs: number | undefined = 0
  pageSize = 250

  constructor(data: FakeDataPlane) {
    this.#data = data
  }

  #all(): Job[] {
    const jobs = new Map<string, Job>()
    for (const [thing, executions] of this.#data.executions) {
      for (const execution of executions) {
        const job = jobs.get(execution.jobId) ?? { jobId: execution.jobId, shares: [] }
        jobs.set(execution.jobId, job)
        job.shares.push([thing, execution])
      }
    }
    return [...jobs.values()]
  }

  #job(jobId: string | undefined): Job {
    const job = this.#all().find(one => one.jobId === jobId)
    if (job === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', `no job ${jobId}`)
    return job
  }

  #page(name: string, items: unknown[], query: Readonly<Record<string, string>>) {
    const from = Number(query.nextToken ?? 0)
    const next = from + this.pageSize
    return json({
      [name]: items.slice(from, next),
      ...(next < items.length && { nextToken: String(next) }),
    })
  }

  readonly operations: Operation[] = [
    {
      name: 'ListJobs',
      method: 'GET',
      path: ['jobs'],
      perform: ({ query }) => {
        const jobs = this.#all().map(({ jobId, shares }) => {
          const isOver = !shares.some(([, execution]) => isPending(execution))
          const lastUpdatedAt = seconds(Math.max(...shares.map(([, { updatedAtMs = 0 }]) => updatedAtMs)))
          const status = this.statuses.get(jobId) ?? (isOver ? 'COMPLETED' : 'IN_PROGRESS')
          const createdAt = seconds(Math.min(...shares.map(([, { queuedAtMs = 0 }]) => queuedAtMs)))
          // AWS does not say that the end of a job counts as an update of it.
          return status === 'COMPLETED'
            ? { jobId, status, createdAt, lastUpdatedAt: 0, completedAt: lastUpdatedAt }
            : { jobId, status, createdAt, lastUpdatedAt }
        })
        return this.#page('jobs', jobs, query)
      },
    },
    {
      name: 'DescribeJob',
      method: 'GET',
      path: ['jobs', '*'],
      perform: ({ path }) => {
        const { jobId, shares } = this.#job(path[1])
        const count = (wanted: string) => shares.filter(([, { status }]) => status === wanted).length
        const jobProcessDetails = {
          numberOfSucceededThings: count('SUCCEEDED'),
          numberOfFailedThings: count('FAILED'),
          numberOfTimedOutThings: count('TIMED_OUT'),
          numberOfRejectedThings: count('REJECTED'),
          numberOfInProgressThings: count('IN_PROGRESS'),
        }
        return json({ job: { jobId, jobProcessDetails } })
      },
    },
    {
      name: 'GetJobDocument',
      method: 'GET',
      path: ['jobs', '*', 'job-document'],
      perform: ({ path }) => json({ document: this.#job(path[1]).shares[0]?.[1].document }),
    },
    {
      name: 'ListJobExecutionsForJob',
      method: 'GET',
      path: ['jobs', '*', 'things'],
      perform: ({ path, query }) => {
        const newest = new Map(this.#job(path[1]).shares)
        const shares = [...newest].map(([thing, execution]) => ({
          thingArn: thingArn(thing),
          jobExecutionSummary: summary(execution),
        }))
        return this.#page('executionSummaries', shares, query)
      },
    },
    {
      name: 'ListJobExecutionsForThing',
      method: 'GET',
      path: ['things', '*', 'jobs'],
      perform: ({ path, query }) => {
        const executions = (this.#data.executions.get(path[1] ?? '') ?? [])
          .filter(({ status }) => query.status === undefined || status === query.status)
          .map(execution => ({ jobId: execution.jobId, jobExecutionSummary: summary(execution) }))
        return this.#page('executionSummaries', executions, query)
      },
    },
    {
      name: 'DescribeJobExecutionAsOperator',
      method: 'GET',
      service: 'iot',
      path: ['things', '*', 'jobs', '*'],
      perform: ({ path, query }) => {
        const execution = this.#data.executions
          .get(path[1] ?? '')
          ?.find(one => one.jobId === path[3] && one.executionNumber === Number(query.executionNumber))
        if (execution === undefined) throw new AwsFailure(404, 'ResourceNotFoundException')
        const { details } = execution
        return json({ execution: { ...(details && { statusDetails: { detailsMap: details } }) } })
      },
    },
    {
      name: 'DescribeJobTemplate',
      method: 'GET',
      path: ['job-templates', '*'],
      perform: ({ path }) => {
        if (this.templateMadeAtMs === undefined) throw new AwsFailure(404, 'ResourceNotFoundException')
        return json({ jobTemplateId: path[1], createdAt: seconds(this.templateMadeAtMs) })
      },
    },
  ]
}

const summary = ({ status, executionNumber, startedAtMs, updatedAtMs = 0 }: FakeExecution) => ({
  status,
  executionNumber,
  queuedAt: 0,
  ...(startedAtMs !== undefined && { startedAt: seconds(startedAtMs) }),
  lastUpdatedAt: seconds(updatedAtMs),
})
