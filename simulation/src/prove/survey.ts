import type { Blueprint } from '../cloud/blueprint.ts'
import { type Choice, ChosenFates } from '../exhaustive/chosen-fates.ts'
import { type Course, courses } from './courses.ts'
import { scheduleText } from './schedule.ts'

/** What was seen in many runs. */
export interface Survey {
  runs: number
  rows: Set<string>
  edges: Set<string>
  violations: { run: string; broken: readonly string[] }[]
}

/**
 * Plays every situation, and with every single fault those that are meant for it, on the product as it is.
 *
 * @param share of so many processes' work this one's, from 0
 */
export async function survey(
  blueprint: Blueprint,
  { share, of }: { share: number; of: number },
): Promise<Survey> {
  const seen: Survey = { runs: 0, rows: new Set(), edges: new Set(), violations: [] }
  const look = async (course: Course, choices: readonly Choice[]): Promise<Choice[]> => {
    const fates = new ChosenFates(choices, course.isWanted)
    const { broken, world } = await course.run(blueprint, fates)
    seen.runs += 1
    for (const row of world.rows) seen.rows.add(row)
    for (const edge of world.edges) seen.edges.add(edge)
    if (broken.length > 0) {
      seen.violations.push({ run: scheduleText({ situation: course.name, choices }), broken })
    }
    return fates.choicesAfter(choices.at(-1)?.index ?? -1)
  }
  for (const course of courses) {
    const single = await look(course, [])
    for (const [n, choice] of single.entries()) if (n % of === share) await look(course, [choice])
  }
  return seen
}
