import type { Violation } from '@rotator/rotation/invariants'
import type { RotationRecord } from '@rotator/rotation/record/record'

/** Rule 2: NEW's word, once it is recorded, is taken back by OLD's word alone, and that leads over another record first. */
export function brokenByWord(before: RotationRecord | undefined, after: RotationRecord): Violation[] {
  const isTakenBack =
    before?.progress === 'committed' &&
    after.progress === 'settled' &&
    after.newCertificateId === before.newCertificateId &&
    after.keep === before.oldCertificateId
  return isTakenBack ? [{ rule: 2, problem: 'a committed rotation was settled on OLD without its word' }] : []
}
