import { type Comparison, isOutOfReach, judge, type ProbeOutcome } from './comparison.ts'
import type { Effect } from './effects.ts'
import { type Move, stay } from './move.ts'
import type { In, State } from './state.ts'
import { armTimer } from './timers.ts'
import {
  lookAfterMs,
  lookAgainMs,
  looksNeeded,
  notConnectedForLongMs,
  otherSideAfterMs,
  restartAgainMs,
} from './times.ts'

/**
 * What a device makes of hearing nothing. Silence alone decides nothing; it is only the reason to look. Timers
 * that passed without any message in between add up to the time that it lasted at least.
 *
 * A component that is not let to subscribe hears nothing however well Greengrass is connected. It may look as well, since
 * what the endpoint refuses is refused; but no restart and no question to the other side comes of silence alone then.
 */

/** Any message shows that Greengrass is connected, so what silence suggested before is void. */
export function heard(state: State): State {
  const live = { ...state.live, silentMs: 0, listenedMs: 0 }
  switch (state.phase) {
    case 'idle':
    case 'ask':
    case 'fail':
      return { ...state, restarts: 0, live: { ...live, evidence: 0 } }
    case 'commit':
    case 'finish':
    case 'consent':
      return { ...state, live: { ...live, evidence: 0 } }
    default:
      return { ...state, live }
  }
}

export function waited<S extends State>(state: S, waitedMs: number): S {
  const { attempt, silentMs, listenedMs, isDeaf } = state.live
  const live = {
    ...state.live,
    attempt: attempt + 1,
    silentMs: silentMs + waitedMs,
    listenedMs: isDeaf ? 0 : listenedMs + waitedMs,
  }
  return { ...state, live }
}

/** The phases that hold both identities and ask the record. */
type Asking = In<'commit' | 'finish' | 'consent'>

/** The one in use is on trial; the other one shows whether the endpoint can be reached and refuses nobody. */
export const compareBoth: Effect = { kind: 'compare', reference: 'previous', trial: 'current' }

/** The question was not answered in time: ask again and, after a while of silence, begin to look. */
export function askOn(before: Asking, againMs: (attempt: number) => number, ...questions: Effect[]): Move {
  const state = waited(before, againMs(before.live.attempt))
  const { look, silentMs, attempt } = state.live
  const again = armTimer(state.phase, 'again', againMs(attempt))
  if (look !== 'off' || silentMs < lookAfterMs) return stay(state, ...questions, again)
  return stay({ ...state, live: { ...state.live, look: 'probing' } }, ...questions, again, compareBoth)
}

/** The pause between two looks is over. */
export function lookOn(state: Asking | In<'check' | 'idle'>, isStillNeeded: boolean, compare: Effect): Move {
  if (state.live.look !== 'waiting') return stay(state)
  if (!isStillNeeded) return stay({ ...state, live: { ...state.live, look: 'off' } })
  return stay({ ...state, live: { ...state.live, look: 'probing' } }, compare)
}

export const pause = (state: Asking | In<'check' | 'idle'>): Move =>
  stay({ ...state, live: { ...state.live, look: 'waiting' } }, armTimer(state.phase, 'look', lookAgainMs))

/** One more comparison, or the row of them broken off. */
export const weigh = <S extends Asking | In<'check' | 'idle'>>(state: S, comparison: Comparison): S => ({
  ...state,
  live: {
    ...state.live,
    evidence: judge(comparison) === 'trial-refused' ? state.live.evidence + 1 : 0,
  },
})

export const isRefusedRepeatedly = (state: State): boolean => state.live.evidence >= looksNeeded

/** What a comparison in silence means: the evidence of rule 3, a restart that did not help, a question, or nothing yet. */
export function conclude(
  state: Asking,
  comparison: Comparison,
): 'refused' | 'not-connected' | 'question' | 'nothing' {
  const { listenedMs } = state.live
  if (isRefusedRepeatedly(state)) return 'refused'
  const verdict = judge(comparison)
  if (verdict === 'trial-accepted' && listenedMs >= restartAgainMs(state.restarts)) return 'not-connected'
  // A policy that refuses the probe's client id refuses both, which is as good as no probe.
  const isBlind = state.blind && isOutOfReach(comparison)
  const isUntold = verdict === 'impossible' || verdict === 'both-refused' || isBlind
  if (isUntold && listenedMs >= otherSideAfterMs(state.turn)) return 'question'
  return 'nothing'
}

/** The phases with one identity: all they can find out is that Greengrass should be connected and is not. */
type Alone = In<'idle' | 'ask' | 'fail'>

/** @param waitedMs what the timer that passed was armed with, at the least */
export function goOnAlone(before: Alone, waitedMs: number, ...effects: Effect[]): Move {
  const state = waited(before, waitedMs)
  if (state.live.look !== 'off' || state.live.listenedMs < notConnectedForLongMs)
    return stay(state, ...effects)
  return stay({ ...state, live: { ...state.live, look: 'probing' } }, ...effects, { kind: 'probe-current' })
}

export function currentProbed(state: Alone, outcome: ProbeOutcome): Move {
  const isDue = state.live.listenedMs >= Math.max(notConnectedForLongMs, restartAgainMs(state.restarts))
  return outcome === 'accepted' && isDue
    ? restartInPlace(state)
    : stay({ ...state, live: { ...state.live, look: 'off' } })
}

/** Greengrass should be connected and is not. The phase is the same afterwards, so its next life needs no proof. */
export const restartInPlace = (state: Alone | In<'finish'>): Move =>
  stay(
    {
      ...state,
      restarts: state.restarts + 1,
      live: { ...state.live, look: 'off', silentMs: 0, listenedMs: 0 },
    },
    { kind: 'restart-service' },
  )
