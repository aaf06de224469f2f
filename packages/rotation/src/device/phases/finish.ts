import { succeededDetails } from '@rotator/protocol/messages/status-details'
import { type Comparison, referenceRefused } from '../comparison.ts'
import type { Effect } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { lookAtJob, updateJob, updateOutcome } from '../jobs.ts'
import { type Move, reenter, stay } from '../move.ts'
import { putBackByHand, refusedAfterSwitch } from '../reasons.ts'
import { commitAnsweredBy, commitRejection, isBareAnswer } from '../replies.ts'
import { isFromBefore, restartPending } from '../restart-pending.ts'
import { askOn, compareBoth, conclude, lookOn, pause, restartInPlace, weigh } from '../silence.ts'
import type { In } from '../state.ts'
import { inUse, nextTurn, publishCommit, question } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { askAgainMs } from '../times.ts'
import { goToClose, goToRestart, goToRollback } from '../ways.ts'

export const finishEntry = (state: In<'finish'>): Effect[] => [
  state.refusal === null ? report(state) : compareBoth,
  armTimer('finish', 'again', askAgainMs(state.live.attempt)),
]

/**
 * Reports what was accepted until that is recorded. From here on the cloud may retire OLD, so going back is
 * only ever a question.
 */
export function finish(state: In<'finish'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return byHand(state, event.found) ?? reenter(state)
    case 'timer':
      return timer(state, event.name)
    case 'job-update-accepted':
    case 'job-update-rejected':
      return updated(state, event)
    case 'commit-accepted':
    case 'commit-rejected':
      return state.over ? answered(state, event) : stay(state)
    case 'compared':
      return compared(state, event.comparison)
    default:
      return stay(state)
  }
}

function report(state: In<'finish'>): Effect {
  return state.over
    ? publishCommit(state, state.newCertificateId, true)
    : updateJob(state.execution, 'SUCCEEDED', succeededDetails('finish', state.newCertificateId))
}

function timer(state: In<'finish'>, name: Extract<DeviceEvent, { kind: 'timer' }>['name']): Move {
  switch (name) {
    case 'again':
      return askOn(state, askAgainMs, report(state), ...(state.over ? [lookAtJob(state.execution)] : []))
    case 'look':
      return lookOn(state, state.refusal !== null || state.live.silentMs > 0, compareBoth)
    case 'restart':
      return goToRestart('finish-restart-pending', state, null, state.restarts + 1)
    case 'settle':
      return stay(state)
  }
}

function updated(state: In<'finish'>, event: DeviceEvent): Move {
  const outcome = updateOutcome(event, state.execution, 'SUCCEEDED')
  if (outcome === 'recorded') return goToClose('finish-recorded', state)
  if (outcome === 'open' || state.over) return stay(state)
  if (state.backend === 'v1') return goToClose('finish-v1-over', state)
  return reenter({ ...state, over: true, live: { ...state.live, attempt: 0 } })
}

/** A version 1 backend knows no `confirmed`: at the end of an execution it has done all that it will do. */
function answered(
  state: In<'finish'>,
  event: Extract<DeviceEvent, { kind: 'commit-accepted' | 'commit-rejected' }>,
): Move {
  if (state.backend === 'v1' && isBareAnswer(event)) return goToClose('finish-v1-over', state)
  return event.kind === 'commit-accepted' ? confirmed(state, event.reply) : rejected(state, event.reply)
}

function confirmed(
  state: In<'finish'>,
  reply: Extract<DeviceEvent, { kind: 'commit-accepted' }>['reply'],
): Move {
  const backend = commitAnsweredBy(question(state, state.newCertificateId), reply)
  return backend === 'v2' && reply.confirmed === true ? goToClose('finish-recorded', state) : stay(state)
}

function rejected(
  before: In<'finish'>,
  reply: Extract<DeviceEvent, { kind: 'commit-rejected' }>['reply'],
): Move {
  const rejection = commitRejection(question(before, before.newCertificateId), reply)
  if (rejection?.backend !== 'v2') return stay(before)
  const state = { ...before, backend: rejection.backend }
  if (isFromBefore(rejection.code)) {
    return restartPending(state, () => goToRestart('finish-restart-pending', state, null, state.restarts + 1))
  }
  if (rejection.code === 'STALE_TURN') return stay(nextTurn(state))
  if (rejection.kind === 'retryable') return stay(state)
  const refused = { ...state, refusal: rejection.failure }
  if (state.live.look === 'probing') return stay(refused)
  return stay({ ...refused, live: { ...state.live, look: 'probing' } }, compareBoth)
}

function compared(before: In<'finish'>, comparison: Comparison): Move {
  if (before.live.look === 'waiting') return stay(before)
  if (before.refusal !== null) {
    return referenceRefused(comparison)
      ? pause(before)
      : goToRollback('finish-rejected', before, before.refusal)
  }
  const state = weigh(before, comparison)
  if (state.live.silentMs === 0) return stay({ ...before, live: { ...before.live, look: 'off' } })
  switch (conclude(state, comparison)) {
    case 'refused':
      return goToRollback('finish-refused', state, refusedAfterSwitch)
    case 'not-connected':
      return restartInPlace(state)
    // OLD may be retired by now, so without a probe there is no reason good enough to try it.
    case 'question':
    case 'nothing':
      return pause(state)
  }
}

function byHand(state: In<'finish'>, found: Found): Move | undefined {
  const side = inUse(found, state)
  if (side === 'other') return goToClose('finish-by-hand', state)
  return side === 'old' ? goToRollback('finish-found-old', state, putBackByHand) : undefined
}
