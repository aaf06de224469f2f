import type { Blueprint } from '../cloud/blueprint.ts'
import { ChosenFates } from '../exhaustive/chosen-fates.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import { play } from './play.ts'
import { parseSchedule } from './schedule.ts'
import { situations } from './situations.ts'

/**
 * Plays a situation with the faults of a schedule.
 *
 * @returns what was broken; undefined where the text names no situation, or no faults
 */
export async function playSchedule(
  blueprint: Blueprint,
  text: string,
  storyOf?: (clock: VirtualClock) => Story,
): Promise<string[] | undefined> {
  const schedule = parseSchedule(text)
  const situation = situations.find(({ name }) => name === schedule?.situation)
  if (schedule === undefined || situation === undefined) return undefined
  const fates = new ChosenFates(schedule.choices, () => true)
  return (await play(blueprint, situation, fates, storyOf)).broken
}
