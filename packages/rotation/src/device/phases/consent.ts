import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import type { Comparison } from '../comparison.ts'
import type { Effect } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { lookAtJob, showsOver } from '../jobs.ts'
import { type Move, reenter, stay } from '../move.ts'
import { commitAnsweredBy, commitRejection } from '../replies.ts'
import { restartPending } from '../restart-pending.ts'
import { askOn, compareBoth, conclude, lookOn, pause, weigh } from '../silence.ts'
import type { In } from '../state.ts'
import { inUse, nextTurn, publishCommit, question } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { askAgainMs } from '../times.ts'
import { goToClose, goToFail, goToForward, goToRestart } from '../ways.ts'

export const consentEntry = (state: In<'consent'>): Effect[] => [
  publishCommit(state, state.oldCertificateId, false),
  armTimer('consent', 'again', askAgainMs(state.live.attempt)),
]

/** By these the record agrees that NEW is given up, or says that it never knew of it. */
const agreements: readonly (RejectionCode | undefined)[] = [
  'OLD_CERTIFICATE_IN_USE',
  'ABANDONED',
  'EXECUTION_OVER',
  'OTHER_EXECUTION',
]

/** Asks over OLD whether the device may stay on it. Nothing is reported before the record agrees. */
export function consent(state: In<'consent'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
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

function timer(state: In<'consent'>, name: Extract<DeviceEvent, { kind: 'timer' }>['name']): Move {
  switch (name) {
    case 'again':
      return askOn(
        state,
        askAgainMs,
        publishCommit(state, state.oldCertificateId, false),
        lookAtJob(state.execution),
      )
    case 'look':
      return lookOn(state, state.live.silentMs > 0, compareBoth)
    case 'restart':
      return goToRestart('consent-restart-pending', state, state.failure, state.restarts + 1)
    case 'settle':
      return stay(state)
  }
}

/** The record may be settled on NEW, and the connection still be NEW's: then it is NEW that was accepted. */
function accepted(
  state: In<'consent'>,
  reply: Extract<DeviceEvent, { kind: 'commit-accepted' }>['reply'],
): Move {
  if (commitAnsweredBy(question(state, state.oldCertificateId), reply) !== undefined) return agreed(state)
  return commitAnsweredBy(question(state, state.newCertificateId), reply) === undefined
    ? stay(state)
    : newKept(state)
}

const newKept = (state: In<'consent'>): Move =>
  state.alone ? stay({ ...state, overruled: true }) : goToForward('consent-new-kept', state)

/** As nothing can be done about what the record keeps, the next job may make another certificate. */
const described = (state: In<'consent'>, event: DeviceEvent): Move =>
  state.overruled && showsOver(event, state.execution)
    ? goToClose('consent-no-way-forward', state)
    : stay(state)

function begunAgain(state: In<'consent'>, { previous }: Found): Move {
  const alone = state.alone && previous !== state.newCertificateId
  return reenter({ ...state, alone, overruled: state.overruled && alone })
}

function agreed(state: In<'consent'>): Move {
  if (state.adopted) return goToClose('consent-settled', state)
  return goToFail('consent-to-fail', { ...state, restarts: 0 }, state.failure, true)
}

function rejected(
  before: In<'consent'>,
  reply: Extract<DeviceEvent, { kind: 'commit-rejected' }>['reply'],
): Move {
  const rejection = commitRejection(question(before, before.oldCertificateId), reply)
  if (rejection === undefined) return stay(before)
  const state = { ...before, backend: rejection.backend }
  // A version 1 backend refuses every commit by OLD, which is all the agreement that it can give.
  if (rejection.backend === 'v1' || agreements.includes(rejection.code)) return agreed(state)
  switch (rejection.code) {
    case 'NEW_CERTIFICATE_KEPT':
      return newKept(state)
    case 'RESTART_PENDING':
      return restartPending(state, () =>
        goToRestart('consent-restart-pending', state, state.failure, state.restarts + 1),
      )
    case 'STALE_TURN':
      return stay(nextTurn(state))
    default:
      // Any other answer is no agreement, a final one neither: OLD may not be what the record keeps, so NEW is not given
      // up. OLD is connected, or there would be no answer, and whatever the cloud refuses here it refuses every rotation.
      return stay(state)
  }
}

/** OLD is on trial here, and NEW shows that the endpoint accepts somebody. */
function compared(before: In<'consent'>, comparison: Comparison): Move {
  if (before.live.look === 'waiting') return stay(before)
  const state = weigh(before, comparison)
  if (state.live.silentMs === 0) return stay({ ...before, live: { ...before.live, look: 'off' } })
  const conclusion = conclude(state, comparison)
  if (state.alone && conclusion !== 'not-connected') return pause(state)
  switch (conclusion) {
    case 'refused':
      return goToForward('consent-refused', state)
    // OLD may have been deactivated meanwhile; without a probe the only way to learn it is to try NEW again.
    case 'question':
      return goToForward('consent-question', state)
    case 'not-connected':
      return goToRestart('consent-not-connected', state, state.failure, state.restarts + 1)
    case 'nothing':
      return pause(state)
  }
}

function byHand(state: In<'consent'>, found: Found): Move | undefined {
  const side = inUse(found, state)
  if (side === 'other') return goToClose('consent-by-hand', state)
  return side === 'new' ? goToForward('consent-found-new', state) : undefined
}
