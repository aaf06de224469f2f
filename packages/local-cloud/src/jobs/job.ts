import type { Deadline } from './deadlines.ts'
import type { JobConfiguration } from './job-configuration.ts'
import type { Scheduling } from './scheduling.ts'

export type JobStatus = 'SCHEDULED' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED' | 'DELETION_IN_PROGRESS'
export type TargetSelection = 'SNAPSHOT' | 'CONTINUOUS'

export const executionStatuses = [
  'QUEUED',
  'IN_PROGRESS',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'REJECTED',
  'REMOVED',
  'CANCELED',
] as const

export type ExecutionStatus = (typeof executionStatuses)[number]
export type PendingStatus = 'QUEUED' | 'IN_PROGRESS'
export type TerminalStatus = Exclude<ExecutionStatus, PendingStatus>

export const isPending = (status: ExecutionStatus): status is PendingStatus =>
  status === 'QUEUED' || status === 'IN_PROGRESS'

/** A request to a fleet. */
export interface Job {
  readonly jobId: string
  readonly jobArn: string
  readonly jobTemplateArn: string | undefined
  readonly targetSelection: TargetSelection
  /** Things and thing groups, as ARNs. */
  readonly targetArns: string[]
  /** The job document as it was given; the parsed form is what devices get by MQTT. */
  readonly document: string
  readonly parsedDocument: unknown
  description: string | undefined
  configuration: JobConfiguration
  readonly scheduling: Scheduling | undefined
  status: JobStatus
  forceCanceled: boolean
  reasonCode: string | undefined
  comment: string | undefined
  readonly createdAtMs: number
  lastUpdatedAtMs: number
  completedAtMs: number | undefined
  /** Everything about one thing's share, by thing name. */
  readonly shares: Map<string, JobShare>
  /** How many things have their latest execution in each status. */
  readonly thingsByStatus: Record<ExecutionStatus, number>
  readonly rollout: RolloutState
  /** No more executions will be rolled out: the end time has passed. */
  ended: boolean
  readonly timers: Set<Deadline>
}

/** Where the rollout of a job stands. */
export interface RolloutState {
  /** Things that wait for their first execution, from `nextIndex` on. */
  readonly waiting: string[]
  nextIndex: number
  notifiedThings: number
  timer: Deadline | undefined
}

/** One thing's share of a job: all its executions, oldest first. */
export interface JobShare {
  readonly thingName: string
  readonly executions: JobExecution[]
  /** Never given twice, also where executions were deleted. */
  nextExecutionNumber: number
  /** In a target of the job; false once the thing left the group of a continuous job. */
  isTarget: boolean
}

/** One attempt of one thing at a job. */
export interface JobExecution {
  readonly job: Job
  readonly thingName: string
  /** 1 for the first, one more for each retry and each return into the target group. */
  readonly executionNumber: number
  /** 0 for the first attempt since the thing (re-)joined the target. */
  readonly retryAttempt: number
  /** Counts up over all executions in the order of their queueing. */
  readonly sequence: number
  status: ExecutionStatus
  statusDetails: Readonly<Record<string, string>>
  readonly queuedAtMs: number
  startedAtMs: number | undefined
  lastUpdatedAtMs: number
  /** 1 at first; grows with every update. */
  versionNumber: number
  forceCanceled: boolean
  inProgressDeadlineMs: number | undefined
  stepDeadlineMs: number | undefined
  timer: Deadline | undefined
}

export const latestExecution = (share: JobShare | undefined): JobExecution | undefined =>
  share?.executions.at(-1)

/** When the execution will time out, ms since the epoch: the sooner of its two timers. */
export function deadlineOf(execution: JobExecution): number | undefined {
  const deadlines = [execution.inProgressDeadlineMs, execution.stepDeadlineMs].filter(
    time => time !== undefined,
  )
  return deadlines.length === 0 ? undefined : Math.min(...deadlines)
}
