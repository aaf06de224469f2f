import type { Engine } from './engine.ts'
import { endExecution } from './execution-lifecycle.ts'
import type { Job } from './job.ts'
import { latestExecution } from './job.ts'

export interface Cancellation {
  /** Also ends the executions that are in progress. */
  force: boolean
  reasonCode?: string
  comment?: string
}

/** Ends the job: nothing more is rolled out or retried, and what is queued is cancelled. */
export function cancelJob(engine: Engine, job: Job, cancellation: Cancellation): void {
  job.reasonCode = cancellation.reasonCode
  job.comment = cancellation.comment
  job.forceCanceled = cancellation.force
  engine.outbox.jobChanged('cancellation_in_progress', job)
  stopRollout(job)
  cancelExecutions(engine, job, cancellation.force)
  job.status = 'CANCELED'
  job.lastUpdatedAtMs = engine.clock.now()
  engine.continuousJobs.delete(job)
  engine.outbox.jobChanged('canceled', job)
}

/** Cancels what is queued, and with force also what is in progress. */
export function cancelExecutions(engine: Engine, job: Job, force: boolean): void {
  for (const share of job.shares.values()) {
    const execution = latestExecution(share)
    if (execution?.status === 'QUEUED') endExecution(engine, execution, 'CANCELED')
    else if (force && execution?.status === 'IN_PROGRESS') {
      execution.forceCanceled = true
      endExecution(engine, execution, 'CANCELED')
    }
  }
}

export function stopRollout(job: Job): void {
  job.rollout.timer?.cancel()
  job.rollout.timer = undefined
  job.rollout.nextIndex = job.rollout.waiting.length
  for (const timer of job.timers) timer.cancel()
  job.timers.clear()
}
