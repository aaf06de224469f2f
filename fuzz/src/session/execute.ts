import type { Target } from '../target.ts'
import { longestMs } from './failure.ts'

export type Execution = { ok: true; outcome: string } | { ok: false; problem: string }

/** Gives one input to a parser. What it throws is a failure, and so is taking too long. */
export async function execute(target: Target, input: Buffer): Promise<Execution> {
  // Time of this thread on a processor: on a busy machine the clock tells nothing.
  const before = process.threadCpuUsage()
  try {
    const outcome = await target.execute(input)
    const { user, system } = process.threadCpuUsage(before)
    const tookMs = (user + system) / 1_000
    if (tookMs > longestMs) return { ok: false, problem: `it took ${Math.round(tookMs)} ms` }
    return { ok: true, outcome }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
