import { type Comparison, judge } from './comparison.ts'
import type { Effect } from './effects.ts'
import { type Move, stay } from './move.ts'
import { compareBoth, isRefusedRepeatedly, pause, restartInPlace, weigh } from './silence.ts'
import type { In, Leftover } from './state.ts'

/**
 * An idle device with two identities does not know whose job made the later one, so it cannot ask the record about
 * them. It may be on the one that the cloud has retired; then only the endpoint tells.
 */

type Idle = In<'idle'>

export const compareSides = (state: Idle): Move =>
  stay({ ...state, live: { ...state.live, look: 'probing' } }, compareBoth)

/** Nothing is reported and nothing dropped: a later job settles which one stays. */
export function sidesCompared(before: Idle, leftover: Leftover, comparison: Comparison): Move {
  const state = weigh(before, comparison)
  const quiet = { ...state, live: { ...state.live, look: 'off' as const } }
  if (state.live.silentMs === 0 || judge(comparison) !== 'trial-refused') return stay(quiet)
  return isRefusedRepeatedly(state) ? stay(quiet, useOther(leftover)) : pause(state)
}

const useOther = ({ side, oldCertificateId, newCertificateId }: Leftover): Effect =>
  side === 'new'
    ? { kind: 'roll-back', current: oldCertificateId, previous: newCertificateId }
    : { kind: 'roll-forward', current: newCertificateId, previous: oldCertificateId }

export const sideChanged = (state: Idle, leftover: Leftover): Move =>
  restartInPlace({ ...state, leftover: { ...leftover, side: leftover.side === 'new' ? 'old' : 'new' } })
