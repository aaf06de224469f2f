import type { Blueprint } from '../cloud/blueprint.ts'
import { type Choice, ChosenFates } from '../exhaustive/chosen-fates.ts'
import { play } from '../prove/play.ts'
import type { Situation } from '../prove/situation.ts'
import { scheduleText } from './schedule.ts'

/** What gave a wrong design away, and after how many runs. */
export interface Catch {
  problem: string
  schedule: string
}

export interface Hunt {
  schedules: number
  caught: Catch | undefined
}

/**
 * Plays the situations without faults, then with each single one, then with pairs, until something is broken.
 *
 * @param most so many runs
 */
export async function hunt(
  blueprint: Blueprint,
  situations: readonly Situation[],
  most: number,
): Promise<Hunt> {
  const found: Hunt = { schedules: 0, caught: undefined }
  const run = async (situation: Situation, choices: readonly Choice[]): Promise<Choice[]> => {
    const fates = new ChosenFates(choices, () => true)
    const { broken } = await play(blueprint, situation, fates)
    found.schedules += 1
    const [problem] = broken
    if (problem !== undefined) {
      found.caught ??= { problem, schedule: scheduleText({ situation: situation.name, choices }) }
    }
    return fates.choicesAfter(choices.at(-1)?.index ?? -1)
  }
  let level: { situation: Situation; choices: readonly Choice[] }[] = situations.map(situation => ({
    situation,
    choices: [],
  }))
  while (level.length > 0) {
    const next: typeof level = []
    for (const { situation, choices } of level) {
      const more = await run(situation, choices)
      if (found.caught !== undefined || found.schedules >= most) return found
      next.push(...more.map(choice => ({ situation, choices: [...choices, choice] })))
    }
    level = next
  }
  return found
}
