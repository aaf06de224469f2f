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
