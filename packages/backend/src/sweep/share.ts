import { createHash } from 'node:crypto'
import type { SweepRun } from './sweep-run.ts'

/** Whether a job or a thing has its turn to be looked at in full. Over a round of sweeps each has it once. */
export function isInShare(name: string, { startedAtMs, times }: SweepRun): boolean {
  const { everySeconds, roundSeconds } = times
  const shares = Math.max(1, Math.round(roundSeconds / everySeconds))
  const turn = Math.floor(startedAtMs / (everySeconds * 1000)) % shares
  return createHash('sha256').update(name).digest().readUInt32BE() % shares === turn
}
