import type { Continuations } from '../aws/continuations.ts'
import type { Jobs } from '../aws/jobs.ts'
import type { Things } from '../aws/things.ts'
import type { SweepTimes } from './sweep-run.ts'
import type { SweepThingPorts } from './sweep-thing.ts'

/** What a sweep is given. */
export interface SweepDependencies extends SweepThingPorts {
  jobs: Jobs
  things: Things
  continuations: Continuations
  jobTemplateId: string
  sweepTimes: SweepTimes
}
