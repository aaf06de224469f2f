import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { decideRetired } from '@rotator/rotation/record/retired'
import { readRecord } from '@rotator/rotation/record/shadow'
import { mostRaces, RacesLost, writeRecord } from '../arbitration.ts'
import type { RecordStore, StoredRecord } from '../aws/record-store.ts'
import { type DecisionFields, decisionFields } from '../decision-fields.ts'

/**
 * A certificate is gone: last of all, its id leaves the record.
 *
 * @returns what decided it
 * @param asRead the record as it was read before; it is read again only if somebody wrote since
 */
export async function forgetRetired(
  ports: { records: RecordStore; now: () => number },
  thing: ThingName,
  certificateId: CertificateId,
  asRead: StoredRecord | undefined,
): Promise<DecisionFields> {
  let stored = asRead
  for (let race = 0; race < mostRaces; race += 1) {
    const record = readRecord(stored?.reported)
    const decision = decideRetired(record, { kind: 'retired', certificateId })
    const { next } = decision
    const isWritten =
      next === undefined || (await writeRecord(ports, thing, stored?.version, next)) !== 'lost'
    if (isWritten) return decisionFields(record, decision)
    stored = await ports.records.read(thing)
  }
  throw new RacesLost(thing)
}
