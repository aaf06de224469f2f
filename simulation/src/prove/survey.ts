import type { Blueprint } from '../cloud/blueprint.ts'
import { type Choice, ChosenFates } from '../exhaustive/chosen-fates.ts'
import type { Fault } from '../faults/fault.ts'
import { rotatePartners } from '../version-one/partners/scenario.ts'
import { play } from './play.ts'
import { scheduleText } from './schedule.ts'
import { situations } from './situations.ts'

/** What was seen in many runs. */
export interface Survey {
  runs: number
  rows: Set<string>
  edges: Set<string>
  violations: { run: string; broken: readonly string[] }[]
}

/** One kind of run as a function of its faults. */
interface Course {
  name: string
  isWanted: (fault: Fault) => boolean
  run: (
    fates: ChosenFates,
  ) => Promise<{ broken: readonly string[]; world: { rows: Iterable<string>; edges: Iterable<string> } }>
}

/** Version 1 has no way back from these: its device has deleted OLD by then. */
const strandVersionOne: readonly Fault[] = ['new-deactivated', 'new-refused']

function courses(blueprint: Blueprint): Course[] {
  return [
    ...situations.map(
      (situation): Course => ({
        name: situation.name,
        isWanted: () => situation.withFaults === true,
        run: fates => play(blueprint, situation, fates),
      }),
    ),
    {
      name: 'our-device-on-a-version-1-backend',
      isWanted: () => true,
      run: fates => rotatePartners({ device: 'ours', backend: 'v1', blueprint }, fates),
    },
    {
      name: 'a-version-1-device-on-our-backend',
      isWanted: fault => !strandVersionOne.includes(fault),
      run: fates => rotatePartners({ device: 'v1', backend: 'ours', blueprint }, fates),
    },
  ]
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
    const { broken, world } = await course.run(fates)
    seen.runs += 1
    for (const row of world.rows) seen.rows.add(row)
    for (const edge of world.edges) seen.edges.add(edge)
    if (broken.length > 0) {
      seen.violations.push({ run: scheduleText({ situation: course.name, choices }), broken })
    }
    return fates.choicesAfter(choices.at(-1)?.index ?? -1)
  }
  for (const course of courses(blueprint)) {
    const single = await look(course, [])
    for (const [n, choice] of single.entries()) if (n % of === share) await look(course, [choice])
  }
  return seen
}
