import type { CommitAccepted } from '@rotator/protocol/messages/commit'
import type { JobExecution } from '@rotator/protocol/messages/jobs'
import type { Rejected } from '@rotator/protocol/messages/rejected'
import { rejectionCodes } from '@rotator/protocol/rejection-codes'
import type { Comparison, ProbeOutcome } from '../comparison.ts'
import type { TimerName } from '../effects.ts'
import type { Configured, DeviceEvent, Found } from '../events.ts'
import type { Phase, ServiceDigest } from '../state.ts'
import { after, before, jobId, myCsr, newId, oldId, otherCsr, strangeId, x } from './states.ts'

/** Events as the loop would give them, and one list that meets every phase with all of them. */

export const configured: Configured = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' }
export const document = { operation: 'ROTATE_CERTIFICATE' }

export const found = (changes: Partial<Found> = {}): Found => ({
  current: oldId,
  pending: null,
  previous: null,
  newer: 'current',
  execution: null,
  ...changes,
})
export const foundOnNew = found({ current: newId, previous: oldId })
export const foundOnOld = found({ current: oldId, previous: newId, newer: 'previous' })

export const started = (what: Found, service: ServiceDigest = before): DeviceEvent => ({
  kind: 'started',
  found: what,
  service,
})
export const hsmGone = { code: 'HSM_FAILED', reason: 'There is no token.' } as const
export const unreadable: DeviceEvent = { kind: 'unreadable', failure: hsmGone, service: before }
export const timer = (phase: Phase, name: TimerName = 'again'): DeviceEvent => ({
  kind: 'timer',
  name,
  phase,
})

export const job = (changes: Partial<JobExecution> = {}): JobExecution => ({
  ...x,
  status: 'QUEUED',
  jobDocument: document,
  ...changes,
})
export const nextJob = (
  execution: JobExecution | undefined,
  with_: Configured = configured,
): DeviceEvent => ({
  kind: 'next-job',
  execution,
  configured: with_,
})
export const described = (changes: Partial<JobExecution>): DeviceEvent => ({
  kind: 'job-described',
  execution: job({ jobDocument: undefined, ...changes }),
  configured,
})
export const notDescribed = (
  code: string,
  clientToken = 'rotator-get-2',
  id = 'rotation-1',
): DeviceEvent => ({
  kind: 'job-not-described',
  jobId: id,
  rejection: { code, clientToken },
})

type Reported = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'
export const recorded = (status: Reported): DeviceEvent => ({
  kind: 'job-update-accepted',
  jobId: 'rotation-1',
  clientToken: `rotator-${status}-2`,
})
export const notRecorded = (
  status: Reported,
  code: string,
  stands?: JobExecution['status'],
): DeviceEvent => ({
  kind: 'job-update-rejected',
  jobId: 'rotation-1',
  rejection: {
    code,
    clientToken: `rotator-${status}-2`,
    ...(stands === undefined ? {} : { executionState: { status: stands } }),
  },
})

export const issued = { ...x, certificatePem: 'PEM', certificateId: newId, csrDigest: myCsr }
export const createAccepted = (
  reply: Partial<typeof issued> & { certificatePem: string } = issued,
): DeviceEvent => ({
  kind: 'create-accepted',
  reply,
})
export const createRejected = (reply: Rejected): DeviceEvent => ({
  kind: 'create-rejected',
  reply: { ...x, csrDigest: myCsr, ...reply },
})
/** As a version 1 backend says it. */
export const bareCreateRejected: DeviceEvent = {
  kind: 'create-rejected',
  reply: { errorMsg: 'Pre-conditions not met' },
}

export const byNew = { ...x, certificateId: newId, turn: 0 }
export const byOld = { ...x, certificateId: oldId, turn: 1 }
export const commitAccepted = (reply: CommitAccepted): DeviceEvent => ({ kind: 'commit-accepted', reply })
export const commitRejected = (reply: Rejected): DeviceEvent => ({ kind: 'commit-rejected', reply })
export const bareCommitRejected = commitRejected({ errorMsg: 'Pre-conditions not met' })

export const compared = (trial: ProbeOutcome, before_: ProbeOutcome, after_ = before_): DeviceEvent => ({
  kind: 'compared',
  comparison: { before: before_, trial, after: after_ },
})

const outcomes: ProbeOutcome[] = ['accepted', 'refused', 'unreachable', 'impossible']
const comparisons: Comparison[] = outcomes.flatMap(trial =>
  outcomes.flatMap(first => outcomes.map(last => ({ before: first, trial, after: last }))),
)
const codes = [...Object.keys(rejectionCodes), 'A_NEWER_CODE', undefined]
const jobCodes = ['InvalidStateTransition', 'ResourceNotFound', 'TerminalStateReached', 'RequestThrottled']
const phases: Phase[] = [
  'idle',
  'ask',
  'check',
  'install',
  'restart',
  'commit',
  'finish',
  'rollback',
  'consent',
  'forward',
  'fail',
  'close',
]
const timers: TimerName[] = ['again', 'look', 'restart', 'settle']

export const manyEvents: DeviceEvent[] = [
  ...[oldId, newId, strangeId, null].flatMap(current =>
    [myCsr, otherCsr, null].flatMap(pending =>
      [oldId, newId, null].flatMap(previous =>
        [x, null].flatMap(execution =>
          [before, after].map(service =>
            started(found({ current, pending, previous, execution, newer: 'current' }), service),
          ),
        ),
      ),
    ),
  ),
  started(foundOnOld, after),
  unreadable,
  { kind: 'unreadable', failure: hsmGone, service: after },
  { kind: 'service-restarted', service: before },
  { kind: 'service-restarted', service: after },
  ...phases.flatMap(phase => timers.map(name => timer(phase, name))),
  nextJob(undefined),
  { kind: 'next-job-rejected' },
  nextJob(job()),
  nextJob(job({ status: 'IN_PROGRESS' })),
  nextJob(job({ status: 'TIMED_OUT' })),
  nextJob(job({ jobDocument: undefined })),
  nextJob(job({ jobId: jobId('theirs'), jobDocument: { operation: 'REBOOT' } })),
  nextJob(job({ jobDocument: { ...document, keyAlgorithm: 'ECDSA-P256' } })),
  nextJob(job({ jobDocument: { ...document, keyAlgorithm: 5 } })),
  described({ status: 'IN_PROGRESS' }),
  described({ status: 'TIMED_OUT' }),
  described({ executionNumber: 3 }),
  ...jobCodes.map(code => notDescribed(code)),
  ...(['IN_PROGRESS', 'SUCCEEDED', 'FAILED'] as const).flatMap(status => [
    recorded(status),
    ...jobCodes.map(code => notRecorded(status, code)),
    notRecorded(status, 'InvalidStateTransition', 'TIMED_OUT'),
    notRecorded(status, 'InvalidStateTransition', status),
  ]),
  createAccepted(),
  createAccepted({ certificatePem: 'PEM' }),
  createAccepted({ ...issued, certificatePem: 'P'.repeat(16_385) }),
  createAccepted({ ...issued, csrDigest: otherCsr }),
  bareCreateRejected,
  bareCommitRejected,
  ...codes.flatMap(code => {
    const rejected = code === undefined ? {} : { code }
    return [
      createRejected(rejected),
      commitRejected({ ...byNew, ...rejected }),
      commitRejected({ ...byOld, ...rejected }),
    ]
  }),
  ...[byNew, { ...byNew, confirmed: true }, byOld, { ...byNew, turn: 7 }, {}].map(reply =>
    commitAccepted(reply),
  ),
  { kind: 'pending-made', csrDigest: myCsr, oldCertificateId: oldId },
  { kind: 'pending-not-made', code: 'STORAGE_FAILED', reason: 'No space is left.' },
  { kind: 'pending-lost' },
  { kind: 'certificate-usable', certificateId: newId },
  { kind: 'certificate-usable', certificateId: strangeId },
  { kind: 'certificate-unusable', reason: 'It has expired.' },
  { kind: 'certificate-undecided' },
  ...comparisons.map((comparison): DeviceEvent => ({ kind: 'compared', comparison })),
  ...outcomes.map((outcome): DeviceEvent => ({ kind: 'current-probed', outcome })),
  { kind: 'installed' },
  { kind: 'install-failed', reason: 'It is read-only.' },
  { kind: 'install-undone' },
  { kind: 'rolled-back' },
  { kind: 'previous-lost' },
  { kind: 'rolled-forward' },
  { kind: 'identities-dropped' },
]
