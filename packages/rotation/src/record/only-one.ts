import { decided, notice } from './answers.ts'
import type { Decided } from './decision.ts'
import type { CommitEvent } from './events.ts'
import { executionId } from './execution.ts'
import { hold } from './moves.ts'
import type { OpenRecord, SettledRecord } from './record.ts'
import { forgetTold, isTold, noteTold } from './told.ts'

/**
 * OLD is lost on the device, so a record that ends on OLD would end the device. Both stay, and it is answered as by
 * every held record: then it confirms NEW by itself.
 */
export function keepTheOnlyOne(record: OpenRecord, event: CommitEvent): Decided {
  // That OLD is kept was told perhaps, and is not true any more; so its end is untold until this is told.
  const next = forgetTold(hold(record), event.execution)
  return decided('commit: NEW is all that is left', {
    next,
    say: { kind: 'accepted', certificateId: event.principal, confirmed: false },
    tell: notice('old-lost', { execution: event.execution }, record),
    afterTelling: isTold(record, event.execution) ? noteTold(next, record.execution) : undefined,
  })
}

/**
 * What was settled on OLD while the word of a device that has only NEW was on its way, as long as NEW is still to go.
 *
 * Never the other way round: whoever has stolen OLD could keep it alive after a rotation.
 */
export function settledTooEarly(record: SettledRecord, event: CommitEvent): OpenRecord | undefined {
  const { tombstone: _, toldOf: __, keep, oldCertificateId, ...remembered } = record
  const { principal, turn } = event
  const isOnOld = keep !== undefined && keep === oldCertificateId && principal === record.newCertificateId
  if (!isOnOld || !record.retiring.includes(principal)) return undefined
  return {
    ...remembered,
    progress: 'held',
    execution: executionId(event.execution) ?? record.execution,
    oldCertificateId,
    newCertificateId: principal,
    keep,
    turn,
    retiring: record.retiring.filter(id => id !== principal),
  }
}
