import { Dice } from '../dice.ts'
import type { Target } from '../target.ts'
import { execute } from './execute.ts'
import { type Failure, kindOf } from './failure.ts'
import type { Guide } from './guide.ts'

/** Further failures of one parser are not looked for: they are to be repaired first. */
const mostFailures = 5
/** Changes between a known input and the one that is tried; half of the time it is one. */
const mostChanges = 6

export interface SessionOptions {
  target: Target
  corpus: readonly Buffer[]
  seed: number
  guide: Guide
  /** Asked before every change: is there time for one more? */
  goesOn: (executions: number) => boolean
  /** Told before each execution, so that somebody else can see which input never comes back. */
  begins?: (input: Buffer) => void
}

export interface SessionResult {
  executions: number
  /** Inputs that reached something new, in the order in which they did. */
  found: Buffer[]
  failures: Failure[]
}

/** Gives a parser the whole corpus, and then changes of it, of which those that reach something new are kept. */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const { target, corpus, guide, goesOn } = options
  const dice = new Dice(options.seed)
  const pool = [...corpus]
  const result: SessionResult = { executions: 0, found: [], failures: [] }
  const kinds = new Set<string>()

  const attempt = async (input: Buffer): Promise<readonly Buffer[]> => {
    options.begins?.(input)
    const execution = await execute(target, input)
    result.executions += 1
    if (execution.ok) return guide.judge(input, execution.outcome)
    const kind = kindOf(execution.problem)
    if (!kinds.has(kind)) result.failures.push({ input, problem: execution.problem })
    kinds.add(kind)
    return []
  }

  for (const input of corpus) await attempt(input)
  while (goesOn(result.executions) && result.failures.length < mostFailures) {
    const found = await attempt(change(target, pool, dice))
    pool.push(...found)
    result.found.push(...found)
  }
  return result
}

/** Half of the time one of the newest inputs is taken further. */
function change({ mutate }: Target, pool: readonly Buffer[], dice: Dice): Buffer {
  const newest = dice.onceIn(2) ? pool.slice(-8) : pool
  let input = dice.oneOf(newest) ?? Buffer.alloc(0)
  const changes = dice.onceIn(2) ? 1 : 1 + dice.below(mostChanges)
  for (let n = 0; n < changes; n += 1) input = mutate(input, dice, pool)
  return input
}
