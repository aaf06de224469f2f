import type { Engine } from './engine.ts'
import { deadlineOf, type JobExecution } from './job.ts'

/** How executions are written on the wire to devices. Times are whole seconds since the epoch. */

export const seconds = (ms: number): number => Math.floor(ms / 1000)

/** JobExecutionSummary. */
export function summary(execution: JobExecution): Record<string, unknown> {
  return {
    jobId: execution.job.jobId,
    queuedAt: seconds(execution.queuedAtMs),
    ...(execution.startedAtMs !== undefined && { startedAt: seconds(execution.startedAtMs) }),
    lastUpdatedAt: seconds(execution.lastUpdatedAtMs),
    versionNumber: execution.versionNumber,
    executionNumber: execution.executionNumber,
  }
}

/** JobExecutionData without its document: that is an object by MQTT and text by HTTP. */
export function executionData(engine: Engine, execution: JobExecution): Record<string, unknown> {
  return {
    jobId: execution.job.jobId,
    thingName: execution.thingName,
    status: execution.status,
    ...detailsOf(execution),
    queuedAt: seconds(execution.queuedAtMs),
    ...(execution.startedAtMs !== undefined && { startedAt: seconds(execution.startedAtMs) }),
    lastUpdatedAt: seconds(execution.lastUpdatedAtMs),
    ...secondsLeft(engine, execution),
    versionNumber: execution.versionNumber,
    executionNumber: execution.executionNumber,
  }
}

/** The job's document as text, by HTTP, or as an object, by MQTT. */
export type DocumentForm = 'document' | 'parsedDocument'

/** What is answered of a thing's pending executions. */
export const pendingLists = (pending: readonly JobExecution[]): Record<string, unknown> => ({
  inProgressJobs: pending.filter(({ status }) => status === 'IN_PROGRESS').map(summary),
  queuedJobs: pending.filter(({ status }) => status === 'QUEUED').map(summary),
})

/** What is answered of an execution that was asked for; nothing where there is none. */
export function describedExecution(
  engine: Engine,
  execution: JobExecution | undefined,
  { includeJobDocument, form }: { includeJobDocument: boolean; form: DocumentForm },
): Record<string, unknown> {
  if (execution === undefined) return {}
  const { [form]: jobDocument } = execution.job
  return { execution: { ...executionData(engine, execution), ...(includeJobDocument && { jobDocument }) } }
}

/** What is answered of an execution that was updated. */
export function updatedExecution(
  execution: JobExecution,
  request: { includeJobExecutionState: boolean; includeJobDocument: boolean },
  form: DocumentForm,
): Record<string, unknown> {
  const { [form]: jobDocument } = execution.job
  return {
    ...(request.includeJobExecutionState && { executionState: executionState(execution) }),
    ...(request.includeJobDocument && { jobDocument }),
  }
}

/** JobExecutionState. */
export function executionState(execution: JobExecution): Record<string, unknown> {
  return { status: execution.status, ...detailsOf(execution), versionNumber: execution.versionNumber }
}

/** What `notify-next` says of an execution: no thing name, and only summary members. */
export function nextExecution(execution: JobExecution): Record<string, unknown> {
  const { jobId, ...rest } = summary(execution)
  return {
    jobId,
    status: execution.status,
    ...detailsOf(execution),
    ...rest,
    jobDocument: execution.job.parsedDocument,
  }
}

/** No member where there are no details. */
export function detailsOf(execution: Pick<JobExecution, 'statusDetails'>): Record<string, unknown> {
  return Object.keys(execution.statusDetails).length === 0 ? {} : { statusDetails: execution.statusDetails }
}

/** `approximateSecondsBeforeTimedOut`, where a timer runs. */
export function secondsLeft(engine: Engine, execution: JobExecution): Record<string, number> {
  const deadlineMs = deadlineOf(execution)
  if (deadlineMs === undefined) return {}
  return { approximateSecondsBeforeTimedOut: Math.max(0, seconds(deadlineMs - engine.clock.now())) }
}
