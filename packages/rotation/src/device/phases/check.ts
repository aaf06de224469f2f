import { type Comparison, isOutOfReach, judge } from '../comparison.ts'
import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { lookAtJob, showsOver } from '../jobs.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import { pendingKeyLost, refusedBeforeSwitch } from '../reasons.ts'
import { isRefusedRepeatedly, lookOn, pause, waited, weigh } from '../silence.ts'
import type { In } from '../state.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs, looksUntilBlind } from '../times.ts'
import { goToClose, goToFail } from '../ways.ts'

const compareNew: Effect = { kind: 'compare', reference: 'current', trial: 'pending' }

export const checkEntry = (state: In<'check'>): Effect[] => [
  checkCertificate(state),
  armTimer('check', 'again', lookAgainMs),
]

/** Tries NEW while Greengrass still uses OLD: on the device first, then at the endpoint. */
export function check(state: In<'check'>, event: DeviceEvent): Move {
  if (showsOver(event, state.execution)) return goToClose('check-over', state)
  switch (event.kind) {
    case 'started':
      return event.found.pending === state.csrDigest
        ? reenter({ ...state, oldCertificateId: event.found.current ?? state.oldCertificateId })
        : goToFail('check-key-lost', state, pendingKeyLost, true)
    case 'timer':
      return timer(state, event.name)
    case 'certificate-usable':
      return usable(state, event.certificateId)
    case 'certificate-unusable':
      return unusable(state, event.reason)
    case 'pending-lost':
      return goToFail('check-key-lost', state, pendingKeyLost, true)
    case 'compared':
      return compared(state, event.comparison)
    default:
      return stay(state)
  }
}

const checkCertificate = ({ csrDigest, certificatePem }: In<'check'>): Effect => ({
  kind: 'check-certificate',
  csrDigest,
  certificatePem,
})

/**
 * The execution may end while this device waits for its clock, or for an endpoint that it cannot reach. The clock may
 * have been lost with the power after the certificate was judged once.
 */
function timer(state: In<'check'>, name: Extract<DeviceEvent, { kind: 'timer' }>['name']): Move {
  if (name === 'look') return lookOn(state, true, compareNew)
  if (name !== 'again') return stay(state)
  const judged: Effect[] = state.live.look === 'off' ? [checkCertificate(state)] : []
  return stay(
    waited(state, lookAgainMs),
    ...judged,
    lookAtJob(state.execution),
    armTimer('check', 'again', lookAgainMs),
  )
}

function usable(state: In<'check'>, certificateId: NonNullable<In<'check'>['newCertificateId']>): Move {
  if (state.announcedId !== null && state.announcedId !== certificateId) {
    return unusable(state, `The cloud announced ${state.announcedId} and sent ${certificateId}.`)
  }
  if (state.newCertificateId !== null && state.live.look !== 'off') return stay(state)
  const live = { ...state.live, look: 'probing' as const }
  return stay({ ...state, newCertificateId: certificateId, live }, compareNew)
}

const unusable = (state: In<'check'>, reason: string): Move =>
  goToFail('check-unusable', state, { code: 'CERTIFICATE_UNUSABLE', reason }, true)

function compared(before: In<'check'>, comparison: Comparison): Move {
  const { newCertificateId } = before
  if (newCertificateId === null || before.live.look !== 'probing') return stay(before)
  const state = reaching(weigh(before, comparison), comparison)
  if (isRefusedRepeatedly(state)) return goToFail('check-refused', state, refusedBeforeSwitch, true)
  const verdict = judge(comparison)
  // A policy that refuses the probe's client id refuses both, which tells nothing about NEW.
  const blind = state.live.outOfReach >= looksUntilBlind
  if (verdict === 'trial-refused' || (verdict === 'unclear' && !blind)) return pause(state)
  return go('check-to-install', {
    phase: 'install',
    service: state.service,
    restarts: state.restarts,
    execution: state.execution,
    backend: state.backend,
    oldCertificateId: state.oldCertificateId,
    newCertificateId,
    turn: 0,
    repeated: false,
    adopted: false,
    blind,
    undo: null,
  })
}

/** An answer to the question of the minute before is still under way when the next one is asked, and no later. */
function reaching(state: In<'check'>, comparison: Comparison): In<'check'> {
  const { live } = state
  const isOwnTrouble = isOutOfReach(comparison) && live.silentMs <= lookAgainMs
  return { ...state, live: { ...live, outOfReach: isOwnTrouble ? live.outOfReach + 1 : 0 } }
}
