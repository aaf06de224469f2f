import { parentPort, workerData } from 'node:worker_threads'
import { readCorpus } from '../corpus.ts'
import type { Target } from '../target.ts'
import { byCoverage } from './guide.ts'
import { PresentInput } from './present-input.ts'
import { runSession } from './session.ts'

/** What a session's thread is started with. */
export interface WorkerTask {
  /** URL of the module that exports `targets`. */
  table: string
  parser: string
  corpusFolder: string
  /** Only this one input is executed, in place of the corpus and its changes. */
  only?: Uint8Array
  seed: number
  /** Of changing inputs, in milliseconds. */
  durationMs: number
  memory: SharedArrayBuffer
}

/** However little time there is, so many changes are tried. */
const leastExecutions = 300

const task: WorkerTask = workerData
const { targets }: { targets: readonly Target[] } = await import(task.table)
const target = targets.find(({ name }) => name === task.parser)
if (target === undefined) throw new Error(`No parser is called ${task.parser}.`)

const present = new PresentInput(task.memory)
const begins = (input: Buffer): void => present.write(input)
const guide = byCoverage(target, () => performance.now(), begins)
const untilMs = performance.now() + task.durationMs
const corpus = task.only === undefined ? readCorpus(task.corpusFolder, task.parser) : [Buffer.from(task.only)]
const result = await runSession({
  target,
  corpus,
  seed: task.seed,
  guide,
  goesOn: executions =>
    task.only === undefined && (performance.now() < untilMs || executions < corpus.length + leastExecutions),
  begins,
})
guide.stop()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(result)
