import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { decideRetired } from '@rotator/rotation/record/retired'
import { readRecord } from '@rotator/rotation/record/shadow'
import { mostRaces, RacesLost, writeRecord } from '../arbitration.ts'
import type { RecordStore, StoredRecord } from '../aws/record-store.ts'

/**
 * A certificate is gone: last of all, its id leaves the record.
 *
 * @param asRead the record as it was read before; it is read again only if somebody wrote since
 */
export async function forgetRetired(
  ports: { records: RecordStore; now: () => number },
  thing: ThingName,
  certificateId: CertificateId,
  asRead: StoredRecord | undefined,
): Promise<void> {
  let stored = asRead
  for (let race = 0; race < mostRaces; race += 1) {
    const { next } = decideRetired(readRecord(stored?.reported), { kind: 'retired', certificateId })
    if (next === undefined) return
    if ((await writeRecord(ports, thing, stored?.version, next)) !== 'lost') return
    stored = await ports.records.read(thing)
  }
  throw new RacesLost(thing)
}
