import type { Blueprint } from '../cloud/blueprint.ts'
import type { CloudSettings } from '../cloud/cloud-settings.ts'
import { type Fates, momentFaults } from '../faults/fault.ts'
import { hourMs, minuteMs } from '../kernel/durations.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { brokenByTellings } from '../rules/tellings.ts'
import { type Story, untold } from '../story/story.ts'
import { attendTo } from '../world/attentive-operator.ts'
import { beginning, World } from '../world/world.ts'
import type { Situation } from './situation.ts'
import { Stage } from './stage.ts'
import { StagedFates } from './staged-fates.ts'

const settings: CloudSettings = { retireDelaySeconds: 0, retireHoldSeconds: 0, sweepEverySeconds: 900 }
/** After a situation was played everything must be at rest within this time. */
const convergenceMs = 24 * hourMs
/** What rests must still rest after two more sweeps, which is asked where no fault has happened: it costs time. */
const restMs = 2 * settings.sweepEverySeconds * 1000 + minuteMs

/** Plays a situation, with faults as fate has it, until all is at rest. @returns what was broken, in words */
export async function play(
  blueprint: Blueprint,
  situation: Situation,
  fates: Fates,
  storyOf: (clock: VirtualClock) => Story = () => untold,
): Promise<{ broken: string[]; world: World }> {
  const clock = new VirtualClock(beginning)
  const staged = new StagedFates(fates)
  const world = new World({
    clock,
    fates: staged,
    story: storyOf(clock),
    blueprint,
    settings: { ...settings, ...situation.settings },
    random: () => 0.5,
  })
  const device = await world.addThing('dev1', situation.home)
  // Whoever refuses a NEW that cannot be tried is told that both are kept, and has to act.
  if (situation.home === 'token') attendTo(world)
  await world.run(beginning + minuteMs)
  await situation.play(new Stage({ world, device, clock, fates: staged }))
  let isAtRest = await world.run(clock.now() + convergenceMs)
  if (isAtRest && staged.fired.size === 0) {
    await world.until(() => false, clock.now() + restMs)
    // A poll may be on its way just then.
    isAtRest = await world.run(clock.now() + restMs)
  }
  const unrest = isAtRest && staged.fired.size > 0 ? [] : await world.unrest()
  const violations = [...world.violations, ...brokenByTellings(world.cloud.notifications)].map(
    ({ rule, problem }) => `rule ${rule}: ${problem}`,
  )
  const failures = needlessFailures(situation, world, staged)
  // Two faults are fewer than the tries that a function has.
  if (situation.withFaults === true && world.cloud.hasDeadLetters) failures.push('a function was given up')
  return { broken: [...new Set([...violations, ...world.crashes, ...failures, ...unrest])], world }
}

function needlessFailures({ mustSucceed }: Situation, { ledger }: World, { fired }: StagedFates): string[] {
  const isAnyoneAgainst = momentFaults.some(fault => fired.has(fault))
  const counted = mustSucceed === 'at-once' ? ledger.ended : ledger.ended.slice(-1)
  const hasFailed = counted.some(({ status }) => status !== 'SUCCEEDED')
  return mustSucceed !== undefined && hasFailed && !isAnyoneAgainst
    ? ['a rotation failed that nobody was against']
    : []
}
