import { Worker } from 'node:worker_threads'
import { transitions } from '@rotator/rotation/device/transitions'
import { rows } from '@rotator/rotation/record/rows'
import type { Blueprint } from '../cloud/blueprint.ts'
import { mutants } from '../mutants/catalogue.ts'
import type { Hunt, HuntLimits } from '../mutants/hunt.ts'
import { huntAll } from '../mutants/hunt-all.ts'
import type { Mutant } from '../mutants/mutant.ts'
import type { Survey } from './survey.ts'
import type { SurveyOrder } from './surveyor.ts'

type Write = (line: string) => void

const limits: HuntLimits = { seeds: 500, most: 20_000 }

/**
 * Shows that the simulation would notice: it catches every wrong design, and in it the product comes to every row of
 * the record's table and every edge of the device's phases.
 *
 * @returns whether all of it is so
 */
export async function prove(blueprint: Blueprint, processes: number, write: Write): Promise<boolean> {
  const areCaught = await proveMutants(blueprint, processes, write)
  const haveFired = await proveFired(blueprint, processes, write)
  return areCaught && haveFired
}

async function proveMutants(blueprint: Blueprint, processes: number, write: Write): Promise<boolean> {
  let caught = 0
  await huntAll(blueprint, mutants, { processes, limits }, (mutant, found) => {
    if (found.caught !== undefined) caught += 1
    for (const line of huntLines(mutant, found)) write(line)
  })
  write(`design-mutants caught=${caught} of ${mutants.length}`)
  return caught === mutants.length
}

export function huntLines({ name, breaks }: Mutant, { schedules, caught }: Hunt): string[] {
  const runs = schedules === 1 ? 'the first run' : `${schedules} runs`
  if (caught === undefined) return [`NOT CAUGHT after ${runs}: ${name}. ${breaks}`]
  return [
    `caught after ${runs}: ${name}. ${breaks}`,
    `  ${caught.problem}`,
    `  npm run simulate -- --mutant ${name} --replay "${caught.replay}"`,
  ]
}

async function proveFired(blueprint: Blueprint, processes: number, write: Write): Promise<boolean> {
  const seen = await surveyAll(blueprint, processes)
  for (const { run, broken } of seen.violations) {
    write(`VIOLATION ${broken.join('; ')}\n  npm run simulate -- --replay "${run}"`)
  }
  write(`situations runs=${seen.runs} violations=${seen.violations.length}`)
  const missing = [
    ...firedLines('rows of the record table', Object.keys(rows), seen.rows, write),
    ...firedLines('edges of the device phases', Object.keys(transitions), seen.edges, write),
  ]
  return missing.length === 0 && seen.violations.length === 0
}

/** @returns those that never fired */
export function firedLines(
  what: string,
  all: readonly string[],
  seen: ReadonlySet<string>,
  write: Write,
): string[] {
  const missing = all.filter(one => !seen.has(one))
  for (const one of missing) write(`never fired: ${one}`)
  write(`${what} fired=${all.length - missing.length} of ${all.length}`)
  return missing
}

async function surveyAll(blueprint: Blueprint, processes: number): Promise<Survey> {
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, share) => surveyPart({ blueprint, share, of: processes })),
  )
  return {
    runs: parts.reduce((sum, { runs }) => sum + runs, 0),
    rows: new Set(parts.flatMap(part => [...part.rows])),
    edges: new Set(parts.flatMap(part => [...part.edges])),
    violations: parts.flatMap(part => part.violations),
  }
}

function surveyPart(order: SurveyOrder): Promise<Survey> {
  const surveyor = new Worker(new URL('surveyor.ts', import.meta.url), { workerData: order })
  return new Promise((resolve, reject) => {
    surveyor.once('message', resolve)
    surveyor.once('error', reject)
  })
}
