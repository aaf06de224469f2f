import type { Engine } from './engine.ts'
import {
  isPending,
  type Job,
  type JobExecution,
  type JobShare,
  latestExecution,
  type TerminalStatus,
} from './job.ts'

/** The steps of an execution's life, without what follows from them for its job. */

/** The thing's share of the job, made where there is none yet. */
export function shareOf(engine: Engine, job: Job, thingName: string): JobShare {
  const known = job.shares.get(thingName)
  if (known !== undefined) return known
  const share: JobShare = { thingName, executions: [], nextExecutionNumber: 1, isTarget: true }
  job.shares.set(thingName, share)
  const jobs = engine.jobsOfThing.get(thingName)
  if (jobs === undefined) engine.jobsOfThing.set(thingName, new Set([job]))
  else jobs.add(job)
  return share
}

/** Queues a new execution for the thing; it becomes the thing's latest of this job. */
export function queueExecution(
  engine: Engine,
  share: JobShare,
  job: Job,
  retryAttempt: number,
): JobExecution {
  const now = engine.clock.now()
  const execution: JobExecution = {
    job,
    thingName: share.thingName,
    executionNumber: share.nextExecutionNumber,
    retryAttempt,
    sequence: engine.nextSequence,
    status: 'QUEUED',
    statusDetails: {},
    queuedAtMs: now,
    startedAtMs: undefined,
    lastUpdatedAtMs: now,
    versionNumber: 1,
    forceCanceled: false,
    inProgressDeadlineMs: undefined,
    stepDeadlineMs: undefined,
    timer: undefined,
  }
  engine.nextSequence += 1
  share.nextExecutionNumber += 1
  const previous = latestExecution(share)
  if (previous !== undefined) job.thingsByStatus[previous.status] -= 1
  job.thingsByStatus.QUEUED += 1
  engine.outbox.beforeChange(share.thingName)
  share.executions.push(execution)
  engine.pending.add(execution)
  engine.outbox.listChanged(share.thingName)
  return execution
}

/** Gives a pending execution its end: out of the pending list, timers off, event told. */
export function endExecution(
  engine: Engine,
  execution: JobExecution,
  status: TerminalStatus,
  statusDetails: JobExecution['statusDetails'] = execution.statusDetails,
): void {
  leavePending(engine, execution)
  execution.job.thingsByStatus[execution.status] -= 1
  execution.job.thingsByStatus[status] += 1
  execution.status = status
  execution.statusDetails = statusDetails
  execution.versionNumber += 1
  execution.lastUpdatedAtMs = engine.clock.now()
  engine.outbox.ended({ operation: lowercase(status), execution, status, statusDetails })
}

/** Forgets an execution, whatever its status. */
export function deleteExecution(engine: Engine, execution: JobExecution): void {
  const { job, thingName, status, statusDetails } = execution
  const share = shareOf(engine, job, thingName)
  if (isPending(status)) leavePending(engine, execution)
  const wasLatest = latestExecution(share) === execution
  share.executions.splice(share.executions.indexOf(execution), 1)
  if (wasLatest) {
    job.thingsByStatus[status] -= 1
    const latest = latestExecution(share)
    if (latest !== undefined) job.thingsByStatus[latest.status] += 1
  }
  engine.outbox.ended({ operation: 'deleted', execution, status, statusDetails })
}

function leavePending(engine: Engine, execution: JobExecution): void {
  execution.timer?.cancel()
  execution.timer = undefined
  execution.inProgressDeadlineMs = undefined
  execution.stepDeadlineMs = undefined
  engine.outbox.beforeChange(execution.thingName)
  engine.pending.remove(execution)
  engine.outbox.listChanged(execution.thingName)
}

const lowercase = <S extends string>(text: S): Lowercase<S> => text.toLowerCase() as Lowercase<S>
