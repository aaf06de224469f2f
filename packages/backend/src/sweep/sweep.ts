import { parseWith } from '@rotator/protocol/parsed'
import type { SweepDependencies } from './sweep-dependencies.ts'
import { sweepJobs } from './sweep-jobs.ts'
import { type Continuation, continuationSchema, mayLastMs } from './sweep-run.ts'
import { sweepThings } from './sweep-things.ts'
import { Walk } from './walk.ts'

/**
 * Makes up for events that were lost, on a schedule: what ended lately is looked at in every run, everything once a
 * round. It lists jobs and things, never shadows, at a pace far below the quotas, and reads a thing's record only
 * where the thing's turn has come or an execution of it has ended.
 *
 * What does not fit into one invocation goes on in another one from where it stopped.
 */
export const sweep =
  (deps: SweepDependencies) =>
  async (event: unknown): Promise<void> => {
    const continued = parseWith(continuationSchema, event)
    const from: Continuation = continued.ok
      ? continued.value
      : { startedAtMs: deps.now(), cursor: { at: 'jobs' }, failures: 0 }
    if (from.startedAtMs + mayLastMs(deps.sweepTimes) < deps.now()) {
      deps.report({ level: 'error', event: 'sweep-cut-short', problem: tooMuch })
      return
    }
    const run = {
      startedAtMs: from.startedAtMs,
      deployedAtMs: await deps.jobs.templateMadeAtMs(deps.jobTemplateId),
      times: deps.sweepTimes,
    }
    const walk = new Walk(deps, run, from.failures)
    const cursor =
      (from.cursor.at === 'jobs' ? await sweepJobs(walk, from.cursor) : undefined) ??
      (await sweepThings(walk, from.cursor.at === 'things' ? from.cursor.page : undefined))
    if (cursor !== undefined) {
      await deps.continuations.add({ startedAtMs: run.startedAtMs, cursor, failures: walk.failures })
      return
    }
    if (walk.failures > 0) {
      const problem = `${walk.failures} jobs or things could not be looked at; the next sweeps try again`
      deps.report({ level: 'error', event: 'sweep-incomplete', problem })
    }
    // It got through all the same: one thing that always fails must not hide that others are looked after.
    deps.report({ level: 'info', event: 'sweep-finished' })
  }

const tooMuch =
  'there are more jobs and things than a sweep gets through at its pace; let it run less often, in longer rounds'
