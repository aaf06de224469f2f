import { decided } from './answers.ts'
import type { Decided } from './decision.ts'
import type { RetiredEvent } from './events.ts'
import type { RotationRecord } from './record.ts'

/** A certificate is gone, and its last trace goes from the list of those to retire. */
export function decideRetired(record: RotationRecord, { certificateId }: RetiredEvent): Decided {
  if (record.progress === 'none' || !record.retiring.includes(certificateId))
    return decided('retired: unknown')
  const retiring = record.retiring.filter(id => id !== certificateId)
  return decided('retired', { next: { ...record, retiring } })
}
