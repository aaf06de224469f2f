import { isEnded, isWithdrawn } from '@rotator/rotation/record/sweep'
import type { JobShare, ListedJob } from '../aws/jobs.ts'
import type { Page } from '../aws/page.ts'
import { endsSinceMs } from './job-window.ts'
import { type Cursor, endedUntilMs } from './sweep-run.ts'
import type { Suspect, Walk } from './walk.ts'

type JobsCursor = Extract<Cursor, { at: 'jobs' }>

/** Looks at every thing on which a rotation has ended lately. @returns where to go on; undefined at the end */
export async function sweepJobs(walk: Walk, from: JobsCursor): Promise<Cursor | undefined> {
  let { page } = from
  let resume: JobsCursor | undefined = from
  do {
    if (walk.isTimeUp) return { at: 'jobs', page }
    const listed: Page<ListedJob> = await walk.paced(() => walk.deps.jobs.list(page))
    for (const job of startingAt(listed.items, resume)) {
      const shares = job.jobId === resume?.job ? resume.shares : undefined
      const stopped = await walk.unlessItFails({ event: 'job-not-swept', jobId: job.jobId }, async () =>
        sweepJob(walk, job, shares),
      )
      if (stopped !== undefined) return { at: 'jobs', page, job: job.jobId, shares: stopped.shares }
    }
    resume = undefined
    page = listed.next
  } while (page !== undefined)
  return undefined
}

/** A job that is gone from the page meanwhile is no reason to leave out the others. */
function startingAt(jobs: readonly ListedJob[], resume: JobsCursor | undefined): readonly ListedJob[] {
  return jobs.slice(
    Math.max(
      0,
      jobs.findIndex(({ jobId }) => jobId === resume?.job),
    ),
  )
}

/** @returns on which page of the job's executions to go on, where time is up */
async function sweepJob(
  walk: Walk,
  job: ListedJob,
  from: string | undefined,
): Promise<{ shares: string | undefined } | undefined> {
  const sinceMs = endsSinceMs(job, walk.run)
  if (sinceMs === undefined) return undefined
  if (walk.isTimeUp) return { shares: from }
  if (!(await walk.isRotation(job.jobId))) return undefined
  const untilMs = endedUntilMs(walk.run)
  let shares = from
  for (;;) {
    const listed = await walk.paced(() => walk.deps.jobs.listShares(job.jobId, shares))
    await walk.lookAt(listed.items.flatMap(share => suspectOf(share, { sinceMs, untilMs })))
    if (listed.next === undefined) return undefined
    shares = listed.next
    // Not before the first page, so that every invocation gets further.
    if (walk.isTimeUp) return { shares }
  }
}

/** A first try that was taken back before the device took it up is none, and costs no look: a cancelled job has thousands. */
function suspectOf(
  { thing, execution }: JobShare,
  { sinceMs, untilMs }: { sinceMs: number; untilMs: number },
): Suspect[] {
  const { lastUpdatedAtMs } = execution
  const isDue = lastUpdatedAtMs >= sinceMs && lastUpdatedAtMs <= untilMs
  const isSuspect = isEnded(execution) && !(isWithdrawn(execution) && execution.executionNumber === 1)
  return isDue && isSuspect ? [{ thing, end: execution }] : []
}
