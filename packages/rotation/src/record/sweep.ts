import type { CertificateId } from '@rotator/protocol/ids'
import type { EndedEvent } from './events.ts'
import { belongsTo } from './execution.ts'
import { isOpen, type RotationRecord } from './record.ts'
import { isTold } from './told.ts'

/** What a sweep does for one thing, as if the events that may have been lost came now. */
export interface SweepDuties {
  /** Ends to decide, in this order, each on the record that the one before left. */
  ended: readonly EndedEvent[]
  /** To be queued for retirement again. */
  queue: readonly CertificateId[]
}

/**
 * @param ended the thing's rotation executions that ended lately, numbered, oldest first, and the record's own if it
 * is over: as DELETED where AWS IoT Jobs no longer knows it. "Lately" bounds what a thing without a record tells:
 * some sweeps back, and not before the backend was deployed.
 */
export function sweepDuties(record: RotationRecord, ended: readonly EndedEvent[]): SweepDuties {
  return {
    ended: ended.filter(end => isOutstanding(record, end)),
    queue: record.progress === 'settled' ? record.retiring : [],
  }
}

function isOutstanding(record: RotationRecord, { execution, status }: EndedEvent): boolean {
  // Begun by a version 1 backend: it would take the end of any earlier job for its own.
  if (isOpen(record) && record.execution === undefined) return false
  if (isTold(record, execution)) return false
  return status !== 'SUCCEEDED' || belongsTo(record, execution)
}
