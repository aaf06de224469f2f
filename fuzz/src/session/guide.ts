import type { Target } from '../target.ts'
import { Coverage } from './coverage.ts'
import { execute } from './execute.ts'

/** Says which inputs are worth to be changed further. */
export interface Guide {
  /**
   * @param outcome what became of the input that was just executed, in a few words
   * @returns inputs that reached something new: this one, one before it, or none
   */
  judge(input: Buffer, outcome: string): Promise<readonly Buffer[]>
}

/** By what the parser made of them. */
export function byOutcome(): Guide {
  const seen = new Set<string>()
  return {
    async judge(input, outcome) {
      const before = seen.size
      return seen.add(outcome).size > before ? [input] : []
    },
  }
}

/** Of the time, one part in so many goes into looking at what ran. */
const share = 20
/** In the beginning there is much to find, and looks are taken after so many executions, however short they were. */
const early = { looks: 10, executions: 100 }

/**
 * By the parser's code too: an input that makes a block run for the first time is kept.
 *
 * A look at the counters costs as much as many executions, so it is taken after many, and then the one input that
 * reached the new block is searched for by executing halves of them again.
 *
 * @param begins told before each of these executions, as before every other
 */
export function byCoverage(
  target: Target,
  nowMs: () => number,
  begins: (input: Buffer) => void,
): Guide & { stop(): void } {
  const outcomes = byOutcome()
  const coverage = new Coverage()
  const seen = new Set<string>()
  let since: Buffer[] = []
  let nextLookMs = 0
  let looks = 0

  const reaches = async (inputs: readonly Buffer[], block: string): Promise<boolean> => {
    coverage.take()
    for (const input of inputs) {
      begins(input)
      await execute(target, input)
    }
    return coverage.take().has(block)
  }

  const search = async (inputs: readonly Buffer[], block: string): Promise<readonly Buffer[]> => {
    let left = inputs
    while (left.length > 1) {
      const half = left.slice(0, left.length / 2)
      left = (await reaches(half, block)) ? half : left.slice(left.length / 2)
    }
    return left
  }

  return {
    async judge(input, outcome) {
      since.push(input)
      const kept = await outcomes.judge(input, outcome)
      const isEarly = looks < early.looks && since.length >= early.executions
      if (kept.length === 0 && !isEarly && nowMs() < nextLookMs) return kept
      looks += 1
      const beganMs = nowMs()
      const fresh = [...coverage.take()].filter(block => !seen.has(block))
      for (const block of fresh) seen.add(block)
      const [block] = fresh
      const found = block === undefined || kept.length > 0 ? kept : await search(since, block)
      since = []
      nextLookMs = nowMs() + (nowMs() - beganMs) * share
      return found
    },
    stop: () => coverage.stop(),
  }
}
