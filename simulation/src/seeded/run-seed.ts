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
  /** How often each fault happened. */
  faults: ReadonlyMap<string, number>
}

/** The storm is over after this time; then everything must come to rest. */
const stormMs = 20 * minuteMs
const convergenceMs = 48 * hourMs
/** When somebody looks after what was given up. */
const redriveAfterMs = 24 * hourMs
/** A run has no fewer executions that end, or further jobs make up for it. */
const fewestRotations = 5
const mostFurtherJobs = 3

/** Each so many seeds one of the things has its identity in a token. */
const withTokenEach = 3

export interface SeedOptions {
  storyOf?: (clock: VirtualClock) => Story
  /** The happening that all happenings of the run are to be. */
  only?: string
}

/** Three things and two jobs or more, and whatever the seed has in store for them. The same seed gives the same run. */
export async function runSeed(
  blueprint: Blueprint,
  seed: number,
  { storyOf = () => untold, only }: SeedOptions = {},
): Promise<SeededRun> {
  const chance = new Chance(seed)
  const clock = new VirtualClock(beginning)
  const story = storyOf(clock)
  const fates = new SeededFates(chance, {
    probability: chance.oneOf([0, 0.002, 0.01, 0.04]),
    firstWithin: 200,
    most: 1 + chance.below(8),
  })
  const settings = {
    retireDelaySeconds: chance.oneOf([0, 0, 600]),
    retireHoldSeconds: chance.oneOf([0, 0, 3_600]),
    sweepEverySeconds: 900,
  }
  const world = new World({ clock, fates, story, blueprint, settings, random: () => chance.fraction() })
  attendTo(world)
  const devices: SimulatedDevice[] = []
  const homes = ['files', 'files', seed % withTokenEach === 0 ? 'token' : 'files'] as const
  for (const [n, home] of homes.entries()) devices.push(await world.addThing(`dev${n + 1}`, home))
  planJobs(world, chance)
  const happened = planHappenings({ world, chance, story }, devices, only)
  world.after(stormMs, () => {
    fates.isOver = true
  })
  const broken = await runToTheEnd(world, clock, seed % askedAgainEach === 0)
  for (const [fault, times] of fates.happened) happened.set(fault, times)
  return { broken, world, faults: happened }
}

/** One job for all things and one for two of them, which may overlap. */
function planJobs(world: World, chance: Chance): void {
  const [one = '', ...others] = world.devices.keys()
  const plans = [
    { withinMs: minuteMs, things: [one, ...others] },
    { withinMs: 12 * minuteMs, things: others },
  ]
  for (const { withinMs, things } of plans) {
    world.after(chance.below(withinMs), () => {
      const wishes = { retries: chance.below(2), timeoutMinutes: chance.oneOf([10, 60]) }
      world.createJob(world.nextJobId(), things, wishes)
    })
  }
}

/** One to three happenings, each at some time of the storm, to some device. @returns how often each happened, filled as they do */
function planHappenings(
  { world, chance, story }: { world: World; chance: Chance; story: Story },
  devices: readonly SimulatedDevice[],
  only: string | undefined,
): Map<string, number> {
  const choices = Object.entries(happenings).filter(
    ([name, { home }]) =>
      (only === undefined || name === only) &&
      devices.some(({ kind }) => home === undefined || kind === home),
  )
  const happened = new Map<string, number>()
  const after = (ms: number, call: () => void): void => {
    world.after(ms, call)
  }
  for (let left = choices.length === 0 ? 0 : 1 + chance.below(3); left > 0; left -= 1) {
    const [name, happening] = chance.oneOf(choices)
    const device = chance.oneOf(
      devices.filter(({ kind }) => happening.home === undefined || kind === happening.home),
    )
    after(chance.below(happening.withinMs ?? stormMs), () => {
      let hasFired = false
      const fired = () => {
        if (hasFired) return
        hasFired = true
        story.tell('fault', `${name} (${device.thing})`)
        happened.set(name, (happened.get(name) ?? 0) + 1)
      }
      happening.begin({ world, chance, device, after, fired })
    })
  }
  return happened
}

/** What rests must still rest after two more sweeps. Each so many seeds it is asked for: it costs time. */
const askedAgainEach = 16
const twoSweepsMs = 31 * minuteMs

/** To rest, and once more after what was given up has been given again a day later. @returns what is broken */
async function runToTheEnd(world: World, clock: VirtualClock, isAskedAgain: boolean): Promise<string[]> {
  let isAtRest = await world.run(beginning + convergenceMs)
  for (let left = mostFurtherJobs; left > 0 && world.ledger.ended.length < fewestRotations; left -= 1) {
    world.createJob(world.nextJobId(), [...world.devices.keys()], { retries: 0, timeoutMinutes: 60 })
    isAtRest = await world.run(clock.now() + convergenceMs)
  }
  if (world.cloud.hasDeadLetters) {
    world.after(redriveAfterMs, () => {
      world.cloud.redrive()
    })
    isAtRest = await world.run(clock.now() + redriveAfterMs + convergenceMs)
  }
  if (isAtRest && isAskedAgain) {
    await world.until(() => false, clock.now() + twoSweepsMs)
    // A poll may be on its way just then.
    isAtRest = await world.run(clock.now() + twoSweepsMs)
  }
  const unrest = isAtRest ? [] : await world.unrest()
  const violations = world.violations.map(({ rule, problem }) => `rule ${rule}: ${problem}`)
  return [...new Set([...violations, ...world.crashes, ...unrest])]
}
