import type { CertificateId, ExecutionId } from '@rotator/protocol/ids'
import type { Issue } from './decision.ts'
import type { CommitEvent, CreateEvent } from './events.ts'
import { executionId } from './execution.ts'
import {
  type NoRecord,
  nothingRemembered,
  type OpenRecord,
  type RotationRecord,
  type SettledRecord,
} from './record.ts'

type Ids = readonly CertificateId[]

const together = (...lists: Ids[]): CertificateId[] => [...new Set(lists.flat())]
const without = (ids: Ids, ...away: Ids): CertificateId[] => ids.filter(id => !away.includes(id))

/** The loser goes; once NEW stays, so does what waited for the backup of a version 1 device to be overwritten. */
export function settleOn(record: OpenRecord, stays: 'old' | 'new'): SettledRecord {
  const { oldCertificateId, newCertificateId, retiring, superseded } = record
  const [keep, loser] =
    stays === 'new' ? [newCertificateId, oldCertificateId] : [oldCertificateId, newCertificateId]
  const waited = stays === 'new' ? superseded : []
  return {
    ...record,
    progress: 'settled',
    keep,
    retiring: together(retiring, [loser], waited),
    superseded: without(superseded, ...waited),
    tombstone: false,
    toldOf: [],
  }
}

export const hold = (record: OpenRecord): OpenRecord => ({ ...record, progress: 'held' })

/** There was no record, and P is the only certificate that can be meant. */
export function settleOnOnly(record: NoRecord | SettledRecord, event: CommitEvent): SettledRecord {
  const { principal, turn, version } = event
  const before =
    record.progress === 'none'
      ? { ...unremembered(version), turn, execution: executionId(event.execution) }
      : record
  return {
    ...before,
    oldCertificateId: undefined,
    newCertificateId: principal,
    keep: principal,
    identities: undefined,
    retiring: without(before.retiring, principal),
    superseded: without(before.superseded, principal),
    toldOf: [],
  }
}

/** An execution ended that the record does not belong to: remember that it did, and leave the certificates alone. */
export function tombstone(record: NoRecord | SettledRecord, execution: ExecutionId): SettledRecord {
  const before = record.progress === 'none' ? unremembered('v2') : record
  return { ...before, execution, turn: 0, tombstone: true }
}

const unremembered = (madeBy: 'v1' | 'v2'): SettledRecord => ({
  ...nothingRemembered,
  progress: 'settled',
  oldCertificateId: undefined,
  newCertificateId: undefined,
  keep: undefined,
  madeBy,
  tombstone: true,
  toldOf: [],
})

/**
 * The record of a rotation that begins with the certificate of its create.
 *
 * @param leftBehind what the record named until now and is in nobody's use any more
 */
export function begin(
  record: RotationRecord,
  event: CreateEvent & { execution: ExecutionId },
  leftBehind: Ids,
): Issue['draft'] {
  const { principal, csrDigest, execution, version: madeBy } = event
  const { retiring, superseded, unannounced, told } =
    record.progress === 'none' ? unremembered(madeBy) : record
  const [goes, waits] = madeBy === 'v1' ? [[], leftBehind] : [leftBehind, []]
  return {
    progress: 'created',
    execution,
    oldCertificateId: principal,
    keep: principal,
    csrDigest,
    turn: 0,
    retiring: without(together(retiring, goes), principal),
    superseded: without(together(superseded, waits), principal),
    unannounced,
    told,
    madeBy,
  }
}
