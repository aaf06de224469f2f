import type { CertificateId, CsrDigest } from '@rotator/protocol/ids'
import type { CommitRequest } from '@rotator/protocol/messages/commit'
import type { ExecutionStatus } from '@rotator/protocol/messages/jobs'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { newId, x } from './states.ts'

/**
 * A cloud for one thing and one execution that does what it should, at once, and never two things at a time.
 * It is written from the phase table's point of view and shares no code with the real one.
 */
export interface PlainCloud {
  status: ExecutionStatus
  record: {
    progress: Progress
    csrDigest: CsrDigest
    old: CertificateId
    keep: CertificateId | null
    turn: number
  } | null
  /** The certificates that AWS IoT accepts. */
  active: Set<CertificateId>
}
type Progress = 'created' | 'committed' | 'abandoned' | 'held' | 'settled'

export const isOpen = ({ status }: PlainCloud): boolean => status === 'QUEUED' || status === 'IN_PROGRESS'

export function create(cloud: PlainCloud, principal: CertificateId, csrDigest: CsrDigest): DeviceEvent {
  const rejected = (code: RejectionCode): DeviceEvent => ({
    kind: 'create-rejected',
    reply: { ...x, csrDigest, code },
  })
  if (cloud.status !== 'IN_PROGRESS') return rejected('EXECUTION_NOT_IN_PROGRESS')
  if (cloud.record !== null && cloud.record.csrDigest !== csrDigest) return rejected('ANOTHER_CSR_PENDING')
  cloud.record ??= { progress: 'created', csrDigest, old: principal, keep: null, turn: 0 }
  cloud.active.add(newId)
  return { kind: 'create-accepted', reply: { ...x, csrDigest, certificateId: newId, certificatePem: 'PEM' } }
}

export function commit(cloud: PlainCloud, principal: CertificateId, request: CommitRequest): DeviceEvent {
  const { certificateId = principal, turn = 0, confirmed = false } = request
  const ids = { ...x, certificateId, turn }
  const rejected = (code: RejectionCode): DeviceEvent => ({
    kind: 'commit-rejected',
    reply: { ...ids, code },
  })
  const accepted: DeviceEvent = { kind: 'commit-accepted', reply: confirmed ? { ...ids, confirmed } : ids }
  const { record } = cloud
  if (record === null) return rejected('NO_RECORD')
  if (record.progress === 'settled') {
    if (record.keep !== principal)
      return rejected(record.keep === newId ? 'NEW_CERTIFICATE_KEPT' : 'ABANDONED')
    return record.keep === newId ? accepted : rejected('OLD_CERTIFICATE_IN_USE')
  }
  if (turn < record.turn) return rejected('STALE_TURN')
  record.turn = turn
  if (certificateId !== principal) return rejected('RESTART_PENDING')
  if (principal === record.old) {
    if (record.progress === 'held') settle(cloud, record.old)
    else record.progress = 'abandoned'
    return rejected('OLD_CERTIFICATE_IN_USE')
  }
  return byNew(cloud, record, confirmed) ? accepted : rejected(isOpen(cloud) ? 'ABANDONED' : 'EXECUTION_OVER')
}

function byNew(cloud: PlainCloud, record: NonNullable<PlainCloud['record']>, confirmed: boolean): boolean {
  if (record.progress === 'abandoned') return false
  if (record.progress === 'created') {
    record.progress = isOpen(cloud) ? 'committed' : 'abandoned'
    return record.progress === 'committed'
  }
  if (confirmed) settle(cloud, newId)
  return true
}

function settle(cloud: PlainCloud, keep: CertificateId): void {
  if (cloud.record === null) return
  cloud.active.delete(keep === newId ? cloud.record.old : newId)
  cloud.record = { ...cloud.record, progress: 'settled', keep }
}

export function end(cloud: PlainCloud, status: ExecutionStatus): void {
  cloud.status = status
  const { record } = cloud
  if (record === null || record.progress === 'settled') return
  if (status === 'SUCCEEDED' && record.progress === 'committed') settle(cloud, newId)
  else if (status === 'FAILED' && (record.progress === 'created' || record.progress === 'abandoned'))
    settle(cloud, record.old)
  else record.progress = 'held'
}

export function update(cloud: PlainCloud, order: Extract<Effect, { kind: 'update-job' }>): DeviceEvent {
  const { clientToken, status } = order
  if (!isOpen(cloud)) {
    const rejection = {
      code: 'InvalidStateTransition',
      clientToken,
      executionState: { status: cloud.status },
    }
    return { kind: 'job-update-rejected', jobId: x.jobId, rejection }
  }
  if (status === 'IN_PROGRESS') cloud.status = status
  else end(cloud, status)
  return { kind: 'job-update-accepted', jobId: x.jobId, clientToken }
}
