import type { Blueprint } from '../cloud/blueprint.ts'
import { type Choice, ChosenFates } from '../exhaustive/chosen-fates.ts'
import { play } from '../prove/play.ts'
import { scheduleText } from '../prove/schedule.ts'
import type { Situation } from '../prove/situation.ts'
import { runSeed } from '../seeded/run-seed.ts'

/** What gave a wrong design away. */
export interface Catch {
  problem: string
  /** What to give to `--replay`. */
  replay: string
}

export interface Hunt {
  schedules: number
  caught: Catch | undefined
}

export interface HuntLimits {
  /** Runs with seeds, after those with single faults. */
  seeds: number
  /** Runs in all, those with two faults last. */
  most: number
}

/** Plays situations, then those with each single fault, then seeds, then pairs of faults, until something is broken. */
export async function hunt(
  blueprint: Blueprint,
  situations: readonly Situation[],
  { seeds, most }: HuntLimits,
): Promise<Hunt> {
  let schedules = 0
  for await (const { broken, replay } of runs(blueprint, situations, seeds)) {
    schedules += 1
    const [problem] = broken
    if (problem !== undefined) return { schedules, caught: { problem, replay } }
    if (schedules >= most) break
  }
  return { schedules, caught: undefined }
}

interface Run {
  broken: readonly string[]
  replay: string
}

interface Schedule {
  situation: Situation
  choices: readonly Choice[]
}

async function* runs(
  blueprint: Blueprint,
  situations: readonly Situation[],
  seeds: number,
): AsyncGenerator<Run> {
  const single: Schedule[] = []
  const pairs: Schedule[] = []
  yield* level(
    blueprint,
    situations.map(situation => ({ situation, choices: [] })),
    single,
  )
  yield* level(blueprint, single, pairs)
  for (let seed = 1; seed <= seeds; seed += 1) {
    yield { broken: (await runSeed(blueprint, seed)).broken, replay: String(seed) }
  }
  yield* level(blueprint, pairs, [])
}

/** @param next gets the schedules with one fault more */
async function* level(
  blueprint: Blueprint,
  schedules: readonly Schedule[],
  next: Schedule[],
): AsyncGenerator<Run> {
  for (const { situation, choices } of schedules) {
    const fates = new ChosenFates(choices, () => true)
    const { broken } = await play(blueprint, situation, fates)
    for (const choice of fates.choicesAfter(choices.at(-1)?.index ?? -1)) {
      if (situation.withFaults) next.push({ situation, choices: [...choices, choice] })
    }
    yield { broken, replay: scheduleText({ situation: situation.name, choices }) }
  }
}
