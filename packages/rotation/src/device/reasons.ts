import { jobDocumentText } from '@rotator/protocol/names'
import type { Failure } from './state.ts'

/** What the device itself gives as the reason of a failure: sentences for the operator. */

export const pendingKeyLost: Failure = {
  code: 'PENDING_KEY_LOST',
  reason:
    'The new key is not in its place any more, so the certificate for it is of no use. Nothing was switched.',
}

export const refusedBeforeSwitch: Failure = {
  code: 'NEW_IDENTITY_REFUSED',
  reason:
    'The endpoint refused the new certificate and accepted the old one, again and again. Nothing was switched.',
}

export const refusedAfterSwitch: Failure = {
  code: 'ROLLED_BACK',
  reason: 'The endpoint refused the new certificate and accepted the old one, again and again.',
}

export const notConnected: Failure = {
  code: 'ROLLED_BACK',
  reason: 'Greengrass did not connect with the new certificate for long, and nothing could tell why.',
}

export const newLost: Failure = {
  code: 'IDENTITY_LOST',
  reason: 'The new certificate and key are not stored on the device any more, so it stays on the old ones.',
}

export const putBackByHand: Failure = {
  code: 'ROLLED_BACK',
  reason:
    'The old certificate was found configured again; it was put back by something else than this component.',
}

export const journalLost: Failure = {
  code: 'ROLLED_BACK',
  reason: 'The device was found on the old certificate, with the new one kept, and no journal told why.',
}

/** Added to what a version 1 backend itself says. */
export const versionOneTakesNoOther = `The backend is of version 1, which refuses every job whose document is not exactly ${jobDocumentText}, and that of this job says more. Set the algorithms in the configuration of the component instead, or upgrade the backend.`
