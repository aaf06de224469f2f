import type { CertificateId } from '@rotator/protocol/ids'
import { isOpen, type RotationRecord } from './record.ts'

/**
 * Whether a queued certificate may be deactivated, detached or deleted, and why not.
 *
 * - no-record: nothing is known of the thing's certificates, or not any more since the record was deleted; nothing is
 *   retired by guess: tell the operators
 * - kept: it is the one that stays
 * - in-use: a rotation that is not settled may still need it, or the stale backup of a version 1 device
 * - not-retiring: nobody decided that it goes, or it is gone already
 */
export type RetireVerdict =
  | { retire: true }
  | { retire: false; because: 'no-record' | 'kept' | 'in-use' | 'not-retiring' }

/**
 * Ask before every step, with the record just read: a queue can deliver late, twice, and after a day in dead letters.
 *
 * @param wasNeverAttached it was issued by a create that lost its race, and nothing ever attached it to a thing.
 */
export function mayRetire(
  record: RotationRecord,
  id: CertificateId,
  wasNeverAttached: boolean,
): RetireVerdict {
  if (record.progress === 'none') return { retire: false, because: 'no-record' }
  if (id === record.keep) return { retire: false, because: 'kept' }
  const { oldCertificateId, newCertificateId, retiring, superseded } = record
  const isInPlay = isOpen(record) && (id === oldCertificateId || id === newCertificateId)
  if (isInPlay || superseded.includes(id)) return { retire: false, because: 'in-use' }
  if (retiring.includes(id) || wasNeverAttached) return { retire: true }
  return { retire: false, because: record.keep === undefined ? 'no-record' : 'not-retiring' }
}
