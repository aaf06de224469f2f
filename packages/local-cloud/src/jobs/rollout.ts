import type { Engine } from './engine.ts'
import { settle } from './engine.ts'
import { queueExecution, shareOf } from './execution-lifecycle.ts'
import { type Job, latestExecution } from './job.ts'
import { completeIfDone, isRollingOut } from './job-completion.ts'
import type { RolloutConfig } from './job-configuration.ts'

const defaultPerMinute = 1000
const minuteMs = 60_000

/**
 * Executions that may be queued in the next minute. With an exponential rate, each further multiple of a criterion's
 * count multiplies the base rate once more (50, 100, 200, … after 1000, 2000, … things), up to the maximum.
 */
export function ratePerMinute(
  config: RolloutConfig | undefined,
  notified: number,
  succeeded: number,
): number {
  const maximum = config?.maximumPerMinute ?? defaultPerMinute
  const exponential = config?.exponentialRate
  if (exponential === undefined) return maximum
  const { numberOfNotifiedThings, numberOfSucceededThings } = exponential.rateIncreaseCriteria
  const increases = Math.max(
    numberOfNotifiedThings === undefined ? 0 : Math.floor(notified / numberOfNotifiedThings),
    numberOfSucceededThings === undefined ? 0 : Math.floor(succeeded / numberOfSucceededThings),
  )
  return Math.min(
    maximum,
    Math.floor(exponential.baseRatePerMinute * exponential.incrementFactor ** increases),
  )
}

/** Queues the executions of this minute, and comes back in a minute for what is left. */
export function rollOut(engine: Engine, job: Job): void {
  const { rollout, configuration, thingsByStatus } = job
  let budget = ratePerMinute(
    configuration.jobExecutionsRolloutConfig,
    rollout.notifiedThings,
    thingsByStatus.SUCCEEDED,
  )
  while (budget > 0 && rollout.nextIndex < rollout.waiting.length) {
    const thingName = rollout.waiting[rollout.nextIndex] ?? ''
    rollout.nextIndex += 1
    if (notify(engine, job, thingName)) budget -= 1
  }
  rollout.timer = isRollingOut(job)
    ? engine.deadlines.at(engine.clock.now() + minuteMs, () => settle(engine, () => rollOut(engine, job)))
    : undefined
  completeIfDone(engine, job)
}

/** False where the thing was deleted, left the target, or has its execution already. */
function notify(engine: Engine, job: Job, thingName: string): boolean {
  const share = shareOf(engine, job, thingName)
  if (!share.isTarget || latestExecution(share) !== undefined) return false
  queueExecution(engine, share, job, 0)
  job.rollout.notifiedThings += 1
  return true
}
