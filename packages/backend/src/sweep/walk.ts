import type { ExecutionId, JobId, ThingName } from '@rotator/protocol/ids'
import type { EndedExecution, ListedExecution } from '@rotator/rotation/record/sweep'
import { describeError } from '../aws/failures.ts'
import { type Pace, paceOf } from '../pace.ts'
import type { ReportLine } from '../report.ts'
import { eachAtOnce } from './each-at-once.ts'
import type { SweepDependencies } from './sweep-dependencies.ts'
import type { SweepRun } from './sweep-run.ts'
import { type JobLookup, sweepThing } from './sweep-thing.ts'

/** Between two lists: four sweeps at once, as many as there can be, stay below AWS IoT's 10 calls a second. */
export const listPauseMs = 500
/** Records are read this many at once: half of what a small region's 400 calls a second allow. */
const mostAtOnce = 4
/** How long one invocation works on; well below what AWS Lambda allows, since a page is always worked off. */
export const invocationMs = 600_000

/** A thing to look at, and the end that drew the attention to it. */
export interface Suspect {
  thing: ThingName
  end?: EndedExecution
}

/** What the walk of one invocation over jobs and things knows on its way. */
export class Walk implements JobLookup {
  readonly deps: SweepDependencies
  readonly run: SweepRun
  failures: number
  readonly #until: number
  /** Makes a call whose quota is low, when its turn comes. */
  readonly paced: Pace
  readonly #rotations = new Map<JobId, Promise<boolean>>()

  constructor(deps: SweepDependencies, run: SweepRun, failures: number) {
    this.deps = deps
    this.run = run
    this.failures = failures
    this.paced = paceOf(deps, listPauseMs)
    this.#until = deps.now() + invocationMs
  }

  get isTimeUp(): boolean {
    return this.deps.now() >= this.#until
  }

  /** Asked once for a job. */
  isRotation(jobId: JobId): Promise<boolean> {
    const known = this.#rotations.get(jobId)
    if (known !== undefined) return known
    const asked = this.paced(() => this.deps.jobs.isRotation(jobId))
    this.#rotations.set(jobId, asked)
    return asked
  }

  listOfThing(thing: ThingName): Promise<ListedExecution[]> {
    return this.paced(() => this.deps.jobs.listOfThing(thing))
  }

  readDetails(thing: ThingName, execution: ExecutionId): Promise<Record<string, string>> {
    return this.paced(() => this.deps.jobs.readDetails(thing, execution))
  }

  async lookAt(suspects: readonly Suspect[]): Promise<void> {
    await eachAtOnce(suspects, mostAtOnce, async ({ thing, end }) => {
      await this.unlessItFails({ event: 'thing-not-swept', thingName: thing }, async () =>
        sweepThing(this.deps, this.run, this, thing, end),
      )
    })
  }

  /** One job or thing that cannot be looked at keeps no other from it. @returns undefined where that failed */
  async unlessItFails<T>(
    failed: Pick<ReportLine, 'event' | 'jobId' | 'thingName'>,
    look: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await look()
    } catch (error) {
      this.failures += 1
      this.deps.report({ level: 'error', ...failed, problem: describeError(error) })
      return undefined
    }
  }
}
