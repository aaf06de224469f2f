import { notice } from './answers.ts'
import type { Decided } from './decision.ts'
import type { OpenRecord, RotationRecord, SettledRecord } from './record.ts'

/** The record once the operators have heard of the certificate that was given by hand. */
export const announced = <R extends OpenRecord | SettledRecord>(record: R): R => ({
  ...record,
  unannounced: undefined,
})

/** What the operators have still to hear, because whoever wrote it could not tell them. */
export function announcement(record: RotationRecord): Partial<Pick<Decided, 'tell' | 'afterTelling'>> {
  if (record.progress === 'none' || record.execution === undefined || record.unannounced === undefined)
    return {}
  const about = { execution: record.execution, certificateIds: [record.unannounced] }
  return { tell: notice('given-by-hand', about, record), afterTelling: announced(record) }
}
