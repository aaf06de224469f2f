import type { Effect } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { beginJob, lookAtJob, showsOver, updateOutcome } from '../jobs.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import { pendingKeyLost, versionOneTakesNoOther } from '../reasons.ts'
import { createAnsweredBy, createRejection } from '../replies.ts'
import { currentProbed, goOnAlone } from '../silence.ts'
import type { Failure, In } from '../state.ts'
import { armTimer } from '../timers.ts'
import { askAgainMs, versionOnePatienceMs } from '../times.ts'
import { goToClose, goToFail } from '../ways.ts'

/** Characters of PEM, and text around it, that are taken: a certificate has some 2,000, and the journal carries it. */
const certificateMaxLength = 16_384

/** Characters of a version 1 backend's own reason that are quoted before ours: both go into one status detail. */
const quotedMaxLength = 500

export const askEntry = (state: In<'ask'>): Effect[] => [
  state.begun ? publishCreate(state) : beginJob('ask', state.execution),
  armTimer('ask', 'again', againMs(state)),
]

/** Has IN_PROGRESS recorded, then asks for the certificate, with the same CSR however often. */
export function ask(state: In<'ask'>, event: DeviceEvent): Move {
  if (showsOver(event, state.execution)) return goToClose('ask-over', state)
  switch (event.kind) {
    case 'started':
      return started(state, event.found)
    case 'timer':
      return event.name === 'again' ? askAgain(state) : stay(state)
    case 'current-probed':
      return currentProbed(state, event.outcome)
    case 'pending-lost':
      return goToFail('ask-key-lost', state, pendingKeyLost, state.begun)
    case 'job-update-accepted':
    case 'job-update-rejected':
      return updated(state, event)
    case 'create-accepted':
      return state.begun ? accepted(state, event.reply) : stay(state)
    case 'create-rejected':
      return state.begun ? rejected(state, event.reply) : stay(state)
    default:
      return stay(state)
  }
}

const publishCreate = ({ execution, csrDigest }: In<'ask'>): Effect => ({
  kind: 'publish-create',
  execution,
  csrDigest,
})

const againMs = ({ begun, backend, live }: In<'ask'>): number =>
  begun && backend !== 'v2' ? versionOnePatienceMs : askAgainMs(live.attempt)

function askAgain(state: In<'ask'>): Move {
  const asked: Effect[] = state.begun
    ? [publishCreate(state), lookAtJob(state.execution)]
    : [beginJob('ask', state.execution)]
  const next = { ...state, live: { ...state.live, attempt: state.live.attempt + 1 } }
  return goOnAlone(state, againMs(state), ...asked, armTimer('ask', 'again', againMs(next)))
}

function started(state: In<'ask'>, found: Found): Move {
  if (found.pending !== state.csrDigest) return goToFail('ask-key-lost', state, pendingKeyLost, state.begun)
  return reenter({ ...state, oldCertificateId: found.current ?? state.oldCertificateId })
}

function updated(state: In<'ask'>, event: DeviceEvent): Move {
  if (state.begun) return stay(state)
  const outcome = updateOutcome(event, state.execution, 'IN_PROGRESS')
  if (outcome === 'over') return goToClose('ask-over', state)
  if (outcome === 'open') return stay(state)
  return reenter({ ...state, begun: true, live: { ...state.live, attempt: 0 } })
}

function accepted(state: In<'ask'>, reply: Extract<DeviceEvent, { kind: 'create-accepted' }>['reply']): Move {
  const backend = createAnsweredBy(state, reply)
  if (backend === undefined) return stay(state)
  if (reply.certificatePem.length > certificateMaxLength) {
    const reason = `The cloud sent a certificate of ${reply.certificatePem.length} characters; at most ${certificateMaxLength} are taken.`
    return goToFail('ask-unusable', state, { code: 'CERTIFICATE_UNUSABLE', reason }, state.begun)
  }
  const { service, restarts, execution, csrDigest, oldCertificateId } = state
  return go('ask-to-check', {
    phase: 'check',
    service,
    restarts,
    execution,
    backend,
    csrDigest,
    oldCertificateId,
    certificatePem: reply.certificatePem,
    announcedId: reply.certificateId ?? null,
    newCertificateId: null,
  })
}

function rejected(
  before: In<'ask'>,
  reply: Extract<DeviceEvent, { kind: 'create-rejected' }>['reply'],
): Move {
  const rejection = createRejection(before, reply)
  if (rejection === undefined) return stay(before)
  const state = { ...before, backend: rejection.backend }
  const again = armTimer('ask', 'again', againMs(state))
  if (rejection.kind === 'retryable') return stay(state, again)
  // The backend's view may be stale. Jobs tells whether it is over; if not, the same CSR is asked for again.
  if (rejection.code === 'EXECUTION_NOT_IN_PROGRESS' || rejection.code === 'OTHER_EXECUTION') {
    return stay(state, lookAtJob(state.execution), again)
  }
  return goToFail('ask-rejected', state, explained(state, rejection.failure), state.begun)
}

/** Version 1 gives one reason for all that it refuses. Where the document is one that it never takes, that is why. */
const explained = ({ backend, extended }: In<'ask'>, failure: Failure): Failure =>
  backend === 'v1' && extended
    ? { ...failure, reason: `${failure.reason.slice(0, quotedMaxLength)}. ${versionOneTakesNoOther}` }
    : failure
