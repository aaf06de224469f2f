import type { Blueprint } from './cloud/blueprint.ts'
import { deployedBlueprint } from './cloud/deployed-blueprint.ts'
import { replayMutant } from './mutants/replay-mutant.ts'
import type { Options } from './options.ts'
import { progressLine } from './progress.ts'
import { prove } from './prove/prove.ts'
import { replay } from './replay.ts'
import { runVersionOne } from './version-one/compare.ts'
import { runWorkers, type Totals } from './workers/run-workers.ts'
import type { Work } from './workers/work.ts'

/** Does what was asked for. @returns whether all was well */
export async function simulate(options: Options, write: (line: string) => void): Promise<boolean> {
  const blueprint = await deployedBlueprint()
  switch (options.what) {
    case 'exhaustive':
      return exhaustive(blueprint, options, write)
    case 'seeded':
      return seeded(blueprint, options, write)
    case 'replay':
      return options.mutant === undefined
        ? replay(blueprint, options.of, write)
        : replayMutant(blueprint, options.mutant, options.of, write)
    case 'version-one':
      return runVersionOne(blueprint, write)
    case 'prove':
      return prove(blueprint, options.processes, write)
  }
}

async function exhaustive(
  blueprint: Blueprint,
  { mostFaults, processes }: Extract<Options, { what: 'exhaustive' }>,
  write: (line: string) => void,
): Promise<boolean> {
  const shares = Array.from({ length: processes }, (_, share): Work => {
    return { what: 'exhaustive', mostFaults, share, of: processes }
  })
  const totals = await withProgress(shares, blueprint, write)
  write(`faults<=${mostFaults} schedules=${totals.schedules} violations=${totals.violations.length}`)
  return isShown(totals)
}

async function seeded(
  blueprint: Blueprint,
  { runs, seed, processes }: Extract<Options, { what: 'seeded' }>,
  write: (line: string) => void,
): Promise<boolean> {
  const shares = Array.from({ length: processes }, (_, share): Work => {
    const own = Math.floor((runs - share + processes - 1) / processes)
    return { what: 'seeded', first: seed + share, runs: own, of: processes }
  })
  const beganAtMs = performance.now()
  const totals = await withProgress(shares, blueprint, write)
  const perSecond = Math.round(totals.rotations / ((performance.now() - beganAtMs) / 1000))
  const { schedules, rotations, succeeded, faults, violations } = totals
  const counts = `runs=${schedules} rotations=${rotations} succeeded=${succeeded} faults=${faults}`
  write(`${counts} violations=${violations.length}`)
  write(`rotations per second: ${perSecond}`)
  return isShown(totals)
}

/** Nothing is shown by runs that there were none of. */
const isShown = ({ schedules, violations }: Totals): boolean => schedules > 0 && violations.length === 0

/** How many violations are told in full; more of them seldom say more. */
const mostTold = 20

async function withProgress(
  shares: readonly Work[],
  blueprint: Blueprint,
  write: (line: string) => void,
): Promise<Totals> {
  const show = progressLine(process.stderr)
  let told = 0
  const totals = await runWorkers(shares, blueprint, ({ schedules, violations }) => {
    for (const { replay: run, broken } of violations.slice(told, mostTold)) {
      write(`VIOLATION ${broken.join('; ')}\n  npm run simulate -- --replay "${run}"`)
      told += 1
    }
    show(`${schedules} schedules, ${violations.length} violations`)
  })
  show('')
  return totals
}
