import { type Comparison, referenceRefused } from '../comparison.ts'
import type { Effect } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { lookAtJob, showsOver } from '../jobs.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import { notConnected, putBackByHand, refusedAfterSwitch } from '../reasons.ts'
import { commitAnsweredBy, commitRejection } from '../replies.ts'
import { isFromBefore, restartPending } from '../restart-pending.ts'
import { askOn, compareBoth, conclude, lookOn, pause, weigh } from '../silence.ts'
import type { In } from '../state.ts'
import { facts, inUse, nextTurn, publishCommit, question } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { askAgainMs, lookAgainMs, settleMs, versionOnePatienceMs } from '../times.ts'
import { goToClose, goToRestart, goToRollback } from '../ways.ts'

export const commitEntry = (state: In<'commit'>): Effect[] => [
  state.refusal === null || state.alone ? publishCommit(state, state.newCertificateId, false) : compareBoth,
  armTimer('commit', 'again', againMs(state)(state.live.attempt)),
  ...(state.over ? [armTimer('commit', 'settle', settleMs)] : []),
]

/** The first answer of a version 1 backend counts and no other, so it is waited for. */
const againMs = ({ backend }: In<'commit'>) => (backend === 'v1' ? () => versionOnePatienceMs : askAgainMs)

/** Says over NEW's own connection that NEW works, until the record has answered. */
export function commit(state: In<'commit'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      // What was asked before may have been recorded.
      return byHand(state, event.found) ?? begunAgain(state, event.found)
    case 'timer':
      return timer(state, event.name)
    case 'commit-accepted':
      return accepted(state, event.reply)
    case 'commit-rejected':
      return rejected(state, event.reply)
    case 'job-described':
    case 'job-not-described':
      return described(state, event)
    case 'compared':
      return compared(state, event.comparison)
    default:
      return stay(state)
  }
}

function timer(state: In<'commit'>, name: Extract<DeviceEvent, { kind: 'timer' }>['name']): Move {
  switch (name) {
    case 'again':
      return askOn(
        { ...state, repeated: true },
        againMs(state),
        publishCommit(state, state.newCertificateId, false),
        lookAtJob(state.execution),
      )
    case 'look':
      return lookOn(state, state.refusal !== null || state.live.silentMs > 0, compareBoth)
    case 'restart':
      return goToRestart('commit-restart-pending', state, null, state.restarts + 1)
    case 'settle':
      return settle(state)
  }
}

function accepted(
  state: In<'commit'>,
  reply: Extract<DeviceEvent, { kind: 'commit-accepted' }>['reply'],
): Move {
  const backend = commitAnsweredBy(question(state, state.newCertificateId), reply)
  if (backend === undefined) return stay(state)
  if (state.adopted) return goToClose('commit-settled', state)
  return go('commit-to-finish', {
    phase: 'finish',
    ...facts(state),
    backend,
    restarts: 0,
    repeated: true,
    refusal: null,
    over: false,
  })
}

function rejected(
  before: In<'commit'>,
  reply: Extract<DeviceEvent, { kind: 'commit-rejected' }>['reply'],
): Move {
  const rejection = commitRejection(question(before, before.newCertificateId), reply)
  if (rejection === undefined) return stay(before)
  const state = { ...before, backend: rejection.backend }
  if (isFromBefore(rejection.code)) {
    return restartPending(state, () => goToRestart('commit-restart-pending', state, null, state.restarts + 1))
  }
  if (rejection.code === 'STALE_TURN') return stay(nextTurn(state))
  if (rejection.kind === 'retryable') return stay(state)
  // A version 1 backend accepts a commit once. Refusing another one may mean that it has recorded the first.
  if (rejection.backend === 'v1' && state.repeated) return stay(state)
  return refused({ ...state, refusal: rejection.failure })
}

function begunAgain(state: In<'commit'>, { previous }: Found): Move {
  const isLost = previous !== state.oldCertificateId
  return reenter({ ...state, repeated: true, alone: state.alone && isLost })
}

/** Rolling back needs to know that OLD is not refused. */
function refused(state: In<'commit'>): Move {
  if (state.alone) return stay(state)
  if (state.live.look === 'probing') return stay(state)
  return stay({ ...state, live: { ...state.live, look: 'probing' } }, compareBoth)
}

function described(state: In<'commit'>, event: DeviceEvent): Move {
  if (!showsOver(event, state.execution)) return stay(state)
  if (state.alone && state.refusal !== null) return goToClose('commit-no-way-back', state)
  if (state.backend !== 'v1' || state.over) return stay(state)
  return stay({ ...state, over: true }, armTimer('commit', 'settle', settleMs))
}

/**
 * Whether a version 1 backend has recorded a commit that it did not answer cannot be learnt. If it has not, it
 * deletes NEW when the execution ends; a NEW that still connects long after that stays.
 */
function settle(state: In<'commit'>): Move {
  return state.live.silentMs === 0
    ? goToClose('commit-v1-over', state)
    : stay(state, armTimer('commit', 'settle', lookAgainMs))
}

function compared(before: In<'commit'>, comparison: Comparison): Move {
  if (before.live.look === 'waiting') return stay(before)
  if (before.refusal !== null && !before.alone) {
    return referenceRefused(comparison)
      ? pause(before)
      : goToRollback('commit-rejected', before, before.refusal)
  }
  const state = weigh(before, comparison)
  if (state.live.silentMs === 0) return stay({ ...before, live: { ...before.live, look: 'off' } })
  const conclusion = conclude(state, comparison)
  if (state.alone && conclusion !== 'not-connected') return pause(state)
  switch (conclusion) {
    case 'refused':
      return goToRollback('commit-refused', state, refusedAfterSwitch)
    case 'question':
      return goToRollback('commit-question', state, notConnected)
    case 'not-connected':
      return goToRestart('commit-not-connected', state, null, state.restarts + 1)
    case 'nothing':
      return pause(state)
  }
}

function byHand(state: In<'commit'>, found: Found): Move | undefined {
  const side = inUse(found, state)
  if (side === 'other') return goToClose('commit-by-hand', state)
  return side === 'old' ? goToRollback('commit-found-old', state, putBackByHand) : undefined
}
