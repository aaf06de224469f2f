import type { CertificateId } from '@rotator/protocol/ids'
import type { Effect, Placement } from './effects.ts'
import type { Found } from './events.ts'
import type { CommitQuestion } from './replies.ts'
import type { Switched, SwitchedFacts } from './state.ts'

/** What every phase from the switch on hands to the next; nothing else of a phase outlives it. */
export const facts = (state: Switched): Omit<SwitchedFacts, 'live'> => ({
  service: state.service,
  restarts: state.restarts,
  execution: state.execution,
  backend: state.backend,
  oldCertificateId: state.oldCertificateId,
  newCertificateId: state.newCertificateId,
  turn: state.turn,
  repeated: state.repeated,
  adopted: state.adopted,
  blind: state.blind,
})

export const onNew = (state: Switched): Placement => ({
  current: state.newCertificateId,
  previous: state.oldCertificateId,
})

/** NEW is kept: the record may still decide for it. */
export const onOld = (state: Switched): Placement => ({
  current: state.oldCertificateId,
  previous: state.newCertificateId,
})

export const question = (state: Switched, certificateId: CertificateId): CommitQuestion => ({
  execution: state.execution,
  backend: state.backend,
  certificateId,
  turn: state.turn,
})

/** @param confirmed the device was told before that it was accepted, and says so: nothing else is left to do. */
export const publishCommit = (state: Switched, certificateId: CertificateId, confirmed: boolean): Effect => ({
  kind: 'publish-commit',
  request: {
    ...state.execution,
    certificateId,
    turn: state.turn,
    ...(confirmed ? { confirmed } : {}),
    ...('alone' in state && state.alone ? { alone: true } : {}),
  },
})

/**
 * Which identity is configured in truth. Somebody may have replaced it by hand, or restored an image; that is
 * respected. `torn`: no usable identity, which the phase's own effect repairs.
 */
export function inUse({ current }: Found, state: Switched): 'old' | 'new' | 'other' | 'torn' {
  if (current === null) return 'torn'
  if (current === state.newCertificateId) return 'new'
  return current === state.oldCertificateId ? 'old' : 'other'
}

/** The record settles whose turn it is by the higher number; a device that lost its journal catches up. */
export const nextTurn = <S extends Switched>(state: S): S => ({ ...state, turn: state.turn + 1 })
