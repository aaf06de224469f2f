import { parentPort, workerData } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { enumerate } from '../exhaustive/enumerate.ts'
import { rotations as situations } from '../prove/ordinary.ts'
import { play } from '../prove/play.ts'
import { scheduleText } from '../prove/schedule.ts'
import { runSeed } from '../seeded/run-seed.ts'
import { keysNeeded } from './keys-needed.ts'
import type { News, Work } from './work.ts'

/** How many runs pass between two words of progress. */
const every = 50

const { work, blueprint } = workerData as { work: Work; blueprint: Blueprint }
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

async function exhaustive({ mostFaults, share, of }: Extract<Work, { what: 'exhaustive' }>): Promise<void> {
  for (const situation of situations) {
    let rotations = 0
    await enumerate({
      run: async fates => {
        const { broken, world } = await play(blueprint, situation, fates)
        rotations = world.ledger.ended.length
        return broken
      },
      mostFaults,
      isWanted: () => true,
      share,
      of,
      onSchedule: (choices, broken) => {
        count(rotations, choices.length)
        if (broken.length === 0) return
        say({ kind: 'violation', replay: scheduleText({ situation: situation.name, choices }), broken })
      },
    })
  }
}

async function seeded({ first, runs, of }: Extract<Work, { what: 'seeded' }>): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    const seed = first + run * of
    const { broken, rotations, faults } = await runSeed(blueprint, seed)
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
say({ kind: 'done' })
