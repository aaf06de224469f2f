/** One row of the table of rejections; documentation and tools are made from it. */
export interface RejectionRow {
  /** Which request it answers. */
  to: readonly ('create' | 'commit')[]
  /** A final rejection decides; a retryable one asks the device to ask again. */
  kind: 'final' | 'retryable'
  meaning: string
  /** What the device does next. */
  device: string
  /** What the operator should do; the answer to "and now?". */
  operator: string
}

const create = ['create'] as const
const commit = ['commit'] as const
const both = ['create', 'commit'] as const
const fails = 'Reports the execution FAILED with this code; before a switch nothing was changed on it.'

export const rejectionCodes = {
  INVALID_MESSAGE: {
    to: both,
    kind: 'final',
    meaning: 'The request is not JSON, lacks a field, or a field has the wrong type or length.',
    device: fails,
    operator: 'Compare the versions of component and backend and update the older one.',
  },
  CLIENT_ID_MISMATCH: {
    to: both,
    kind: 'final',
    meaning: 'The MQTT client id is neither the thing name nor the thing name followed by # and a suffix.',
    device: fails,
    operator:
      "Find out which program publishes on this thing's topics; restrict iot:Publish to the thing's own topics.",
  },
  NOT_A_ROTATION: {
    to: both,
    kind: 'final',
    meaning:
      'The job of the request does not exist for this thing, or its document does not ask for a rotation.',
    device: fails,
    operator:
      'Create the job from the template AWSLabsCertificateRotator, or AWSLabsCertificateRotatorV2 where the backend was upgraded from version 1.',
  },
  NOT_ATTACHED: {
    to: create,
    kind: 'final',
    meaning: 'The certificate of the connection is not attached to the thing.',
    device: fails,
    operator: 'Attach the certificate to its thing as EXCLUSIVE_THING, then create a new job.',
  },
  NOT_EXCLUSIVE: {
    to: create,
    kind: 'final',
    meaning: 'The certificate is attached to the thing, but not exclusively.',
    device: fails,
    operator:
      'Attach it anew as EXCLUSIVE_THING by tools/fleet/attach-exclusively.sh, then create a new job.',
  },
  UNKNOWN_CERTIFICATE_ATTACHED: {
    to: create,
    kind: 'final',
    meaning:
      'A certificate that no record of a rotation names is attached to the thing as well. It is never deleted by itself.',
    device: fails,
    operator:
      'Decide which of the named certificates the device uses, detach the others, then create a new job.',
  },
  NOT_THE_KEPT_CERTIFICATE: {
    to: create,
    kind: 'final',
    meaning: 'The last rotation settled on another certificate than the one of this connection.',
    device: fails,
    operator:
      'Look at the record (named shadow AWSLabsCertificateRotator) and at what the device is configured with.',
  },
  CSR_INVALID: {
    to: create,
    kind: 'final',
    meaning:
      'The certificate signing request cannot be read, is too long, asks for more than a certificate for its key, or its signature is wrong.',
    device: fails,
    operator: "Create a new job; if it comes again, look at the device's log and its storage.",
  },
  CSR_SUBJECT_DIFFERS: {
    to: create,
    kind: 'final',
    meaning: 'The request names another subject than the certificate that it is to replace.',
    device: fails,
    operator: 'Find out what asked for this certificate: the component copies the subject.',
  },
  CSR_KEY_NOT_NEW: {
    to: create,
    kind: 'final',
    meaning: 'The request carries the key of the certificate that it is to replace.',
    device: fails,
    operator: 'Find out what asked for this certificate: the component makes a new key for every rotation.',
  },
  CSR_ALGORITHM_NOT_ALLOWED: {
    to: create,
    kind: 'final',
    meaning: 'The key or the signature of the request is of an algorithm that is not in the table.',
    device: fails,
    operator: 'Choose keyAlgorithm and signingAlgorithm from the table of algorithms.',
  },
  ANOTHER_CSR_PENDING: {
    to: create,
    kind: 'final',
    meaning: 'This execution already has a certificate for another request.',
    device: fails,
    operator: 'Create a new job; the certificate on trial is retired with this one.',
  },
  OLD_EXPIRES_TOO_SOON: {
    to: create,
    kind: 'final',
    meaning: 'The present certificate expires before the rotation could end, so there would be no way back.',
    device: fails,
    operator: 'Give the device a new certificate by hand.',
  },
  ISSUER_REFUSED: {
    to: create,
    kind: 'final',
    meaning: 'The certificate authority refused to issue.',
    device: fails,
    operator: 'Read the message: it carries the reason of AWS IoT, AWS Private CA or your own issuer.',
  },
  ISSUER_NOT_ACTIVE: {
    to: create,
    kind: 'final',
    meaning: 'The private authority is disabled, deleted, waits for its own certificate, or does not exist.',
    device: fails,
    operator:
      'Enable or restore the authority, or deploy the backend with the PcaCaId of another one, then create a new job.',
  },
  ISSUER_EXPIRED: {
    to: create,
    kind: 'final',
    meaning: "The private authority's own certificate has expired.",
    device: fails,
    operator:
      'Install a new certificate for the authority, or deploy the backend with the PcaCaId of another one, then create a new job.',
  },
  ISSUER_KEY_DIFFERS: {
    to: create,
    kind: 'final',
    meaning: "The backend asks for a signature that the private authority's key cannot make.",
    device: fails,
    operator:
      'Deploy the backend with a PcaSigningAlgorithm of the family of that key (…WITHRSA or …WITHECDSA), then create a new job.',
  },
  ISSUER_VALIDITY_TOO_LONG: {
    to: create,
    kind: 'final',
    meaning:
      'The new certificate would outlast the certificate of its private authority, or what a short-lived authority issues.',
    device: fails,
    operator:
      "Deploy the backend with fewer PcaValidityInDays, or renew the authority's certificate, then create a new job.",
  },
  ISSUER_ACCESS_DENIED: {
    to: create,
    kind: 'final',
    meaning: 'The backend may not use the private authority.',
    device: fails,
    operator:
      'Deploy the backend with the PcaCaId of this authority; if it is that already, look for policies above the account that deny the call.',
  },
  CHECK_REFUSED: {
    to: create,
    kind: 'final',
    meaning: "The operators' own check does not let this device have a new certificate.",
    device: fails,
    operator: 'Read the message: it carries the reason of your check. Then create a new job.',
  },
  ISSUER_BUSY: {
    to: create,
    kind: 'retryable',
    meaning: 'The certificate authority is throttled or still issuing.',
    device: 'Asks again.',
    operator: 'Nothing; if it lasts, lower the rollout rate of the job.',
  },
  TRY_LATER: {
    to: both,
    kind: 'retryable',
    meaning:
      'A list was stale, a call was throttled, or the rotation before this one is still being finished.',
    device: 'Asks again.',
    operator: 'Nothing; if it lasts, look at the alarms of the backend.',
  },
  EXECUTION_NOT_IN_PROGRESS: {
    to: create,
    kind: 'final',
    meaning: 'The job execution is over, or is not in progress.',
    device: 'Drops the pending key and waits for the next job.',
    operator: 'Nothing; create a new job if the thing still needs a rotation.',
  },
  OLD_CERTIFICATE_IN_USE: {
    to: commit,
    kind: 'final',
    meaning: 'The commit came over the old certificate; the record agrees that the old one stays.',
    device: 'Rolls back if it has not, then reports FAILED.',
    operator: 'Read the failure reason of the execution: it tells why the new certificate was not used.',
  },
  EXECUTION_OVER: {
    to: commit,
    kind: 'final',
    meaning: 'The job execution ended before the new certificate was committed.',
    device: 'Rolls back.',
    operator: 'Create a new job; if it comes again, give it a longer in-progress timeout.',
  },
  ABANDONED: {
    to: commit,
    kind: 'final',
    meaning: 'The rotation was given up; the old certificate stays.',
    device: 'Rolls back.',
    operator: 'Read the failure reason of the execution, then create a new job.',
  },
  NEW_CERTIFICATE_KEPT: {
    to: commit,
    kind: 'final',
    meaning: 'The rotation was settled on the new certificate; the old one is being retired.',
    device: 'Goes forward to the new certificate.',
    operator: 'Nothing.',
  },
  RESTART_PENDING: {
    to: commit,
    kind: 'retryable',
    meaning: 'The connection is still the one from before the switch.',
    device: 'Restarts Greengrass again.',
    operator: 'Nothing; if it lasts, look at why Greengrass does not restart on the device.',
  },
  STALE_TURN: {
    to: commit,
    kind: 'retryable',
    meaning: 'The device has changed sides since this message was sent.',
    device: 'Asks again with its present turn.',
    operator: 'Nothing.',
  },
  NO_RECORD: {
    to: commit,
    kind: 'retryable',
    meaning:
      'The record of the rotation was removed, and more than one certificate is attached to the thing.',
    device: 'Asks again.',
    operator: 'Detach the certificates that the device does not use; the notification names them.',
  },
  OTHER_EXECUTION: {
    to: both,
    kind: 'final',
    meaning: 'The request belongs to another execution than the record.',
    device: 'Drops the request and looks at the job again.',
    operator: 'Nothing.',
  },
} as const satisfies Record<string, RejectionRow>

export type RejectionCode = keyof typeof rejectionCodes

export function isRejectionCode(code: string): code is RejectionCode {
  return Object.hasOwn(rejectionCodes, code)
}

export const isRetryable = (code: RejectionCode): boolean => rejectionCodes[code].kind === 'retryable'
