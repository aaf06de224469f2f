import type { ListedJob } from '../aws/jobs.ts'
import { isInShare } from './share.ts'
import { longestExecutionMs, longestMs, recentMs, type SweepRun } from './sweep-run.ts'

/**
 * Since when a job's ends are looked for: a while back, or, when it has its turn, for as long as ends count.
 *
 * @returns milliseconds since 1970; undefined where it cannot have any
 */
export function endsSinceMs(job: ListedJob, run: SweepRun): number | undefined {
  const backMs = isInShare(job.jobId, run) ? longestMs : recentMs(run.times)
  const sinceMs = Math.max(run.startedAtMs - backMs, run.deployedAtMs)
  return mayHaveEndedAtMs(job) < sinceMs ? undefined : sinceMs
}

/** The latest time at which an execution of the job may have ended. */
function mayHaveEndedAtMs({ status, lastUpdatedAtMs }: ListedJob): number {
  switch (status) {
    case 'COMPLETED':
      return lastUpdatedAtMs
    case 'CANCELED':
      // Without force, what was in progress goes on.
      return lastUpdatedAtMs + longestExecutionMs
    default:
      return Number.POSITIVE_INFINITY
  }
}
