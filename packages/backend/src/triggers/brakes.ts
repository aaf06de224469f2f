import type { JobId } from '@rotator/protocol/ids'
import type { DatedJob, JobTally, OrderedJobs } from '../aws/ordered-jobs.ts'
import type { Pace } from '../pace.ts'
import { triggerOf } from './job-ids.ts'
import { dayMs } from './times.ts'
import type { TriggerPorts } from './trigger-ports.ts'

/** So many of the newest jobs of all triggers say whether rotations succeed. */
const newestJobs = 50

/** Where so many rotations have failed, and they are a fifth of those that ended, something is wrong with all of them. */
const tooManyFailures = { least: 5, part: 1 / 5 }

/** While so many are in progress, nobody knows yet how the next ones would end. */
const mostInProgress = 20

/**
 * Few identities are stolen in a day. What touches more things than that is an outage, or a behavior that is described
 * wrongly.
 */
const mostAnomaliesADay = 20

/** What has become of the jobs that triggers ordered before. */
export interface Brakes {
  /** Why no trigger orders anything until the operators have looked, with the jobs; undefined where nothing is wrong. */
  held: string | undefined
  /** Whether it is not known yet how enough of them end. */
  isUndecided: boolean
  /** Whether anomalies have had their share of a day. */
  anomaliesAreUsedUp: boolean
}

/**
 * Looks what has become of the jobs of all triggers. AWS IoT aborts a job by itself, and the next job knows nothing of it:
 * without a look back, triggers would walk a component that is broken through the whole fleet.
 *
 * There is no memory but the jobs: what holds the triggers is a job, and operators let go of it by deleting that.
 */
export async function lookAtBrakes(
  { orderedJobs, now }: Pick<TriggerPorts, 'orderedJobs' | 'now'>,
  paced: Pace,
): Promise<Brakes> {
  const jobs = (await allJobs(orderedJobs, paced)).filter(({ jobId }) => triggerOf(jobId) !== undefined)
  const dayAgoMs = now() - dayMs
  const anomalies = jobs.filter(
    ({ jobId, createdAtMs }) => triggerOf(jobId) === 'anomaly' && createdAtMs > dayAgoMs,
  )
  const newest = jobs.toSorted((one, other) => other.createdAtMs - one.createdAtMs).slice(0, newestJobs)
  const tallies: Tally[] = []
  for (const { jobId } of newest) tallies.push({ jobId, ...(await paced(() => orderedJobs.tallyOf(jobId))) })
  return {
    held: cancellation(jobs) ?? failures(tallies),
    isUndecided: sumOf(tallies, 'inProgress') >= mostInProgress,
    anomaliesAreUsedUp: anomalies.length >= mostAnomaliesADay,
  }
}

type Tally = JobTally & { jobId: JobId }

const sumOf = (tallies: readonly Tally[], what: keyof JobTally): number =>
  tallies.reduce((sum, tally) => sum + tally[what], 0)

const idsOf = (jobs: readonly { jobId: JobId }[]): string =>
  jobs
    .map(({ jobId }) => jobId)
    .toSorted()
    .join(', ')

/** AWS IoT shows alike what a person cancelled and what was aborted: either way somebody has to look. */
function cancellation(jobs: readonly DatedJob[]): string | undefined {
  const cancelled = jobs.filter(({ status }) => status === 'CANCELED')
  return cancelled.length === 0
    ? undefined
    : `aborted, because rotations failed, or cancelled by a person: ${idsOf(cancelled)}`
}

function failures(tallies: readonly Tally[]): string | undefined {
  const failed = sumOf(tallies, 'failed')
  const ended = failed + sumOf(tallies, 'succeeded')
  return failed >= tooManyFailures.least && failed >= ended * tooManyFailures.part
    ? `${failed} of ${ended} rotations did not succeed: ${idsOf(tallies.filter(tally => tally.failed > 0))}`
    : undefined
}

async function allJobs(orderedJobs: OrderedJobs, paced: Pace): Promise<DatedJob[]> {
  const jobs: DatedJob[] = []
  let page: string | undefined
  do {
    const listed = await paced(() => orderedJobs.list(page))
    jobs.push(...listed.items)
    page = listed.next
  } while (page !== undefined)
  return jobs
}
