import type { Blueprint } from '../cloud/blueprint.ts'
import type { Fates } from '../faults/fault.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { type Story, untold } from '../story/story.ts'
import { refuseNew } from '../world/operators.ts'
import { beginning, World } from '../world/world.ts'

export interface Scenario {
  /** Whether the first NEW is refused by a policy from its making on. */
  isNewRefused: boolean
}

const minuteMs = 60_000
/** After the last fault everything must be at rest within this time. */
export const convergenceMs = 12 * 60 * minuteMs

/** One thing, one job of which a failed execution is tried once more, and what fates decide. */
export async function oneRotation(
  blueprint: Blueprint,
  { isNewRefused }: Scenario,
  fates: Fates,
  storyOf: (clock: VirtualClock) => Story = () => untold,
): Promise<{ broken: string[]; world: World }> {
  const clock = new VirtualClock(beginning)
  const world = new World({
    clock,
    fates,
    story: storyOf(clock),
    blueprint,
    settings: { retireDelaySeconds: 0, retireHoldSeconds: 0, sweepEverySeconds: 900 },
    random: () => 0.5,
  })
  await world.addThing('dev1')
  if (isNewRefused) refuseNew(world.cloud, 'dev1')
  await world.run(beginning + minuteMs)
  world.createJob('J1', ['dev1'], { retries: 1, timeoutMinutes: 60 })
  const isAtRest = await world.run(beginning + convergenceMs)
  const unrest = isAtRest ? [] : await world.unrest()
  const violations = world.violations.map(({ rule, problem }) => `rule ${rule}: ${problem}`)
  return { broken: [...new Set([...violations, ...world.crashes, ...unrest])], world }
}
