import type { CertificateId } from '@rotator/protocol/ids'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import type { Decided, Need, Notice, Say } from './decision.ts'
import type { EndStatus, EventExecution } from './events.ts'
import type { RotationRecord } from './record.ts'
import type { RowId } from './rows.ts'

/** A decision that does and says only what it is given. */
export function decided(row: RowId, parts: Partial<Omit<Decided, 'kind' | 'row'>> = {}): Decided {
  return {
    kind: 'decided',
    row,
    passed: [],
    next: undefined,
    say: { kind: 'silence' },
    queue: [],
    tell: undefined,
    afterTelling: undefined,
    ...parts,
  }
}

export const rejected = (code: RejectionCode, certificateIds: readonly CertificateId[] = []): Say => ({
  kind: 'rejected',
  code,
  certificateIds,
})

export const need = (fact: Exclude<Need['fact'], 'event-execution'>): Need => ({ kind: 'need', fact })

export function notice(
  kind: Notice['kind'],
  about: { execution: EventExecution; status?: EndStatus; certificateIds?: readonly CertificateId[] },
  record: RotationRecord,
): Notice {
  const { execution, status, certificateIds = [] } = about
  const { oldCertificateId, newCertificateId } =
    record.progress === 'none' ? { oldCertificateId: undefined, newCertificateId: undefined } : record
  return { kind, execution, status, oldCertificateId, newCertificateId, certificateIds }
}
