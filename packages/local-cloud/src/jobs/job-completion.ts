import type { Engine } from './engine.ts'
import type { Job } from './job.ts'

export const isRollingOut = (job: Job): boolean =>
  job.status === 'IN_PROGRESS' && !job.ended && job.rollout.nextIndex < job.rollout.waiting.length

/**
 * A snapshot job is complete when every target has an execution and none is pending; a continuous one waits for new
 * members and is complete only after its end time.
 */
export function completeIfDone(engine: Engine, job: Job): void {
  if (job.status !== 'IN_PROGRESS' || isRollingOut(job)) return
  if (job.targetSelection === 'CONTINUOUS' && !job.ended) return
  if (job.thingsByStatus.QUEUED > 0 || job.thingsByStatus.IN_PROGRESS > 0) return
  job.status = 'COMPLETED'
  job.completedAtMs = engine.clock.now()
  job.lastUpdatedAtMs = job.completedAtMs
  engine.continuousJobs.delete(job)
  for (const timer of job.timers) timer.cancel()
  job.timers.clear()
  engine.outbox.jobChanged('completed', job)
}
