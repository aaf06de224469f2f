import { parentPort, workerData } from 'node:worker_threads'
import type { Blueprint } from '../cloud/blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { enumerate } from '../exhaustive/enumerate.ts'
import { type Fault, writeFaults } from '../faults/fault.ts'
import { rotations as situations } from '../prove/ordinary.ts'
import { play } from '../prove/play.ts'
import { scheduleText } from '../prove/schedule.ts'
import { runSeed } from '../seeded/run-seed.ts'
import type { World } from '../world/world.ts'
import { keysNeeded } from './keys-needed.ts'
import type { News, Work } from './work.ts'

/** How many runs pass between two words of progress. */
const every = 50

const { work, blueprint } = workerData as { work: Work; blueprint: Blueprint }
const none = { schedules: 0, rotations: 0, succeeded: 0, faults: 0 }
let progress = { ...none }

const say = (news: News): void => parentPort?.postMessage(news)

function count(run: { rotations: number; succeeded: number; faults: number }): void {
  progress.schedules += 1
  progress.rotations += run.rotations
  progress.succeeded += run.succeeded
  progress.faults += run.faults
  if (progress.schedules === every) flush()
}

function flush(): void {
  say({ kind: 'progress', ...progress })
  progress = { ...none }
}

const endedIn = ({ ledger: { ended } }: World): { rotations: number; succeeded: number } => ({
  rotations: ended.length,
  succeeded: ended.filter(({ status }) => status === 'SUCCEEDED').length,
})

/** There are as many writes as points of all other kinds: with every second fault as well they would take most of the time. */
const isAlone = (fault: Fault): boolean => writeFaults.some(one => one === fault)

async function exhaustive({ mostFaults, share, of }: Extract<Work, { what: 'exhaustive' }>): Promise<void> {
  for (const situation of situations) {
    let ended = { rotations: 0, succeeded: 0 }
    await enumerate({
      run: async fates => {
        const { broken, world } = await play(blueprint, situation, fates)
        ended = endedIn(world)
        return broken
      },
      mostFaults,
      isWanted: () => true,
      isAlone,
      share,
      of,
      onSchedule: (choices, broken) => {
        count({ ...ended, faults: choices.length })
        if (broken.length === 0) return
        say({ kind: 'violation', replay: scheduleText({ situation: situation.name, choices }), broken })
      },
    })
  }
}

async function seeded({ first, runs, of }: Extract<Work, { what: 'seeded' }>): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    const seed = first + run * of
    const { broken, world, faults } = await runSeed(blueprint, seed)
    count({ ...endedIn(world), faults: [...faults.values()].reduce((sum, times) => sum + times, 0) })
    if (broken.length > 0) say({ kind: 'violation', replay: String(seed), broken })
  }
}

// Errors of the simulated disk and cloud are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0
await fillPool(keysNeeded)
await (work.what === 'exhaustive' ? exhaustive(work) : seeded(work))
flush()
say({ kind: 'done' })
