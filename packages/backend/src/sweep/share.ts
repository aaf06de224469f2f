import { createHash } from 'node:crypto'
import type { SweepRun } from './sweep-run.ts'

/**
 * How much further back a run looks than the schedule's interval, as a share of it. Runs start some seconds early or
 * late; without this, whatever falls between two of them would wait for the next round.
 */
const overlap = 0.1

/** Whether a job or a thing has its turn to be looked at in full: its moment in the round came since the run before. */
export function isInShare(name: string, { startedAtMs, times }: SweepRun): boolean {
  const everyMs = times.everySeconds * 1000
  const roundMs = Math.max(times.roundSeconds * 1000, everyMs)
  const momentMs = (createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32) * roundMs
  const agoMs = (startedAtMs + roundMs - momentMs) % roundMs
  return agoMs < everyMs * (1 + overlap)
}
