import { parentPort, workerData } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { enumerate } from '../exhaustive/enumerate.ts'
import { oneRotation } from '../exhaustive/one-rotation.ts'
import { scenarios, scheduleText } from '../exhaustive/schedule-text.ts'
import { runSeed } from '../seeded/run-seed.ts'
import { keysNeeded } from './keys-needed.ts'
import type { News, Work } from './work.ts'

/** How many runs pass between two words of progress. */
const every = 50

const { work, blueprint } = workerData as { work: Work; blueprint: Blueprint }
const seen = { rows: new Set<string>(), edges: new Set<string>() }
let progress = { schedules: 0, rotations: 0, faults: 0 }

const say = (news: News): void => parentPort?.postMessage(news)

function count(rotations: number, faults: number): void {
  progress.schedules += 1
  progress.rotations += rotations
  progress.faults += faults
  if (progress.schedules === every) flush()
}

function flush(): void {
  say({ kind: 'progress', ...progress })
  progress = { schedules: 0, rotations: 0, faults: 0 }
}

function note({ rows, edges }: { rows: Iterable<string>; edges: Iterable<string> }): void {
  for (const row of rows) seen.rows.add(row)
  for (const edge of edges) seen.edges.add(edge)
}

async function exhaustive({ mostFaults, share, of }: Extract<Work, { what: 'exhaustive' }>): Promise<void> {
  for (const scenario of scenarios) {
    let rotations = 0
    await enumerate({
      run: async fates => {
        const { broken, world } = await oneRotation(blueprint, scenario, fates)
        note(world)
        rotations = world.ledger.ended.length
        return broken
      },
      mostFaults,
      isWanted: () => true,
      share,
      of,
      onSchedule: (choices, broken) => {
        count(rotations, choices.length)
        if (broken.length > 0) say({ kind: 'violation', replay: scheduleText(scenario, choices), broken })
      },
    })
  }
}

async function seeded({ first, runs, of }: Extract<Work, { what: 'seeded' }>): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    const seed = first + run * of
    const { broken, world, rotations, faults } = await runSeed(blueprint, seed)
    note(world)
    count(
      rotations,
      [...faults.values()].reduce((sum, times) => sum + times, 0),
    )
    if (broken.length > 0) say({ kind: 'violation', replay: String(seed), broken })
  }
}

// Errors of the simulated disk and cloud are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0
await fillPool(keysNeeded)
await (work.what === 'exhaustive' ? exhaustive(work) : seeded(work))
flush()
say({ kind: 'done', rows: [...seen.rows], edges: [...seen.edges] })
