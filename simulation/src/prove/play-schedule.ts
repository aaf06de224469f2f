import type { Blueprint } from '../cloud/blueprint.ts'
import { ChosenFates } from '../exhaustive/chosen-fates.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import { courses } from './courses.ts'
import { parseSchedule } from './schedule.ts'

/**
 * Runs a course with the faults of a schedule.
 *
 * @returns what was broken; undefined where the text names no course, or no faults
 */
export async function playSchedule(
  blueprint: Blueprint,
  text: string,
  storyOf?: (clock: VirtualClock) => Story,
): Promise<readonly string[] | undefined> {
  const schedule = parseSchedule(text)
  const course = courses.find(({ name }) => name === schedule?.situation)
  if (schedule === undefined || course === undefined) return undefined
  const fates = new ChosenFates(schedule.choices, () => true)
  const { broken } = await course.run(blueprint, fates, storyOf)
  return [...broken, ...fates.missed]
}
