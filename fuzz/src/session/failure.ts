/** An input that a parser did not bear, and what happened. */
export interface Failure {
  input: Buffer
  /** With the place where it happened. */
  problem: string
}

/** A parser that needs longer than this for one input can be held up by whoever sends it. */
export const longestMs = 1_000

/** Failures of the same kind at the same place are one. */
export function kindOf(problem: string): string {
  const [first = '', ...stack] = problem.split('\n')
  const place = stack.find(line => line.includes('/src/') && !line.includes('at claim ')) ?? ''
  return first.replaceAll(/"[^"]*"|\d+/gu, '…').slice(0, 60) + place.trim()
}
