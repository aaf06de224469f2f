import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Failure } from './failure.ts'
import { PresentInput } from './present-input.ts'
import type { SessionResult } from './session.ts'
import type { WorkerTask } from './worker.ts'

/** What a session of one parser came to, also where the parser took it down. */
export interface Watched {
  executions: number
  found: Buffer[]
  failures: Failure[]
}

export interface WatchOptions extends Omit<WorkerTask, 'memory'> {
  /** An input that takes longer by the clock, in milliseconds, is taken for one that never comes back. */
  hangMs: number
}

/**
 * Runs a session in a thread of its own and watches it: an input on which it hangs, or that takes it down, is a failure
 * like any other.
 *
 * @throws where the thread ends before the first input: then it is not the parser's fault
 */
export async function watchSession({ hangMs, ...task }: WatchOptions): Promise<Watched> {
  const present = new PresentInput()
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...task, memory: present.memory } satisfies WorkerTask,
  })
  const { promise: hung, resolve: seenHanging } = Promise.withResolvers<string>()
  const watch = setInterval(watchFor(present, hangMs, seenHanging), hangMs / 10)
  try {
    const ended: Promise<[SessionResult]> = once(worker, 'message').then(([result]) => [result])
    const gone = once(worker, 'exit').then(([code]) => `the thread ended with ${code}`)
    const outcome = await Promise.race([ended, hung, gone])
    return typeof outcome === 'string' ? takenDown(present, outcome) : revived(outcome[0])
  } catch (error) {
    if (present.count === 0) throw error
    return takenDown(present, error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    clearInterval(watch)
    await worker.terminate()
  }
}

/** Looks ten times in the longest time whether another input has begun since. */
function watchFor(present: PresentInput, hangMs: number, hangs: (problem: string) => void): () => void {
  let last = 0
  let looks = 0
  return () => {
    looks = present.count === last ? looks + 1 : 0
    last = present.count
    if (last > 0 && looks > 10) hangs(`it did not come back in ${hangMs} ms`)
  }
}

const takenDown = (present: PresentInput, problem: string): Watched => ({
  executions: present.count,
  found: [],
  failures: [{ input: present.read(), problem }],
})

/** A buffer that went from thread to thread has become an array of bytes. */
const revived = ({ executions, found, failures }: SessionResult): Watched => ({
  executions,
  found: found.map(input => Buffer.from(input)),
  failures: failures.map(({ input, problem }) => ({ input: Buffer.from(input), problem })),
})
