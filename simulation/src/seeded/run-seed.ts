import type { Blueprint } from '../cloud/blueprint.ts'
import type { SimulatedDevice } from '../device/simulated-device.ts'
import { Chance } from '../kernel/chance.ts'
import { hourMs, minuteMs } from '../kernel/durations.ts'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { type Story, untold } from '../story/story.ts'
import { attendTo } from '../world/attentive-operator.ts'
import { beginning, World } from '../world/world.ts'
import { happenings } from './happenings.ts'
import { SeededFates } from './seeded-fates.ts'

export interface SeededRun {
  /** What was broken, in words; empty where all was well. */
  broken: string[]
  world: World
  /** Executions that ended. */
  rotations: number
  /** How often each fault happened. */
  faults: ReadonlyMap<string, number>
}

/** The storm is over after this time; then everything must come to rest. */
const stormMs = 45 * minuteMs
const convergenceMs = 48 * hourMs

/** Three things and two jobs or more, and whatever the seed has in store for them. The same seed gives the same run. */
export async function runSeed(
  blueprint: Blueprint,
  seed: number,
  storyOf: (clock: VirtualClock) => Story = () => untold,
): Promise<SeededRun> {
  const chance = new Chance(seed)
  const clock = new VirtualClock(beginning)
  const story = storyOf(clock)
  const fates = new SeededFates(chance, {
    probability: chance.oneOf([0, 0.002, 0.01, 0.04]),
    most: 1 + chance.below(8),
  })
  const world = new World({
    clock,
    fates,
    story,
    blueprint,
    settings: {
      retireDelaySeconds: chance.oneOf([0, 0, 600]),
      retireHoldSeconds: chance.oneOf([0, 0, 3_600]),
      sweepEverySeconds: 900,
    },
    random: () => chance.fraction(),
  })
  attendTo(world)
  const devices: SimulatedDevice[] = []
  for (const name of ['dev1', 'dev2', 'dev3']) devices.push(await world.addThing(name))
  const faults = new Map<string, number>()
  const names = devices.map(({ thing }) => thing)
  const job = (things: readonly string[]) => {
    const retries = chance.below(2)
    world.createJob(world.nextJobId(), things, { retries, timeoutMinutes: chance.oneOf([10, 60]) })
  }
  world.after(chance.below(minuteMs), () => {
    job(names)
  })
  world.after(chance.below(25 * minuteMs), () => {
    job(names)
  })
  for (let left = chance.below(4); left > 0; left -= 1) {
    world.after(chance.below(stormMs), () => {
      const [name, happening] = chance.oneOf(Object.entries(happenings))
      const device = chance.oneOf(devices)
      story.tell('fault', `${name} (${device.thing})`)
      const after = (ms: number, call: () => void) => {
        world.after(ms, call)
      }
      if (happening.begin({ world, chance, device, after })) faults.set(name, (faults.get(name) ?? 0) + 1)
    })
  }
  world.after(stormMs, () => {
    fates.isOver = true
  })
  const isAtRest = await world.run(beginning + convergenceMs)
  const unrest = isAtRest ? [] : await world.unrest()
  for (const [fault, count] of fates.happened) faults.set(fault, count)
  const violations = world.violations.map(({ rule, problem }) => `rule ${rule}: ${problem}`)
  return {
    broken: [...new Set([...violations, ...world.crashes, ...unrest])],
    world,
    rotations: world.ledger.ended.length,
    faults,
  }
}
