import type { CertificateId } from '@rotator/protocol/ids'
import { explainedBy, strangeKey } from './explained.ts'
import type { HeldCertificate, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'
import { backupAlone } from './version-one-objects.ts'

/**
 * Whose identity belongs under the current label where a cut has left no pair there; undefined where nothing tells, and
 * then nothing is touched: somebody may just be putting another identity in.
 *
 * The certificate under that label decides, since its key comes last and goes first. Without one it is the key, whose
 * certificate a version 1 component destroys first. Where both are gone, what was in use before is put back: the
 * order to switch is given again.
 */
export function repairGoal(holdings: Holdings, labels: Labels): CertificateId | undefined {
  const { certificates, keys, note } = holdings
  const isCurrent = ({ label }: { label: string }): boolean => label === labels.current
  const isExplained = explainedBy(holdings, labels)
  const isComplete = ({ certificateId }: HeldCertificate): boolean =>
    keys.some(key => key.proves.includes(certificateId) && isExplained(key))
  const [certificate, ...otherCertificates] = certificates.filter(isCurrent)
  const [key, ...otherKeys] = keys.filter(isCurrent)
  if (otherCertificates.length > 0 || otherKeys.length > 0) return undefined
  if (strangeKey(holdings, labels) !== undefined) return undefined
  if (certificate !== undefined) {
    // Of two ids, which no switch leaves behind.
    const isThere = key?.proves.includes(certificate.certificateId) === true
    return isThere || !isComplete(certificate) ? undefined : certificate.certificateId
  }
  const explained = certificates.filter(isExplained)
  const goal =
    explained.find(held => key?.proves.includes(held.certificateId)) ??
    explained.find(held => held.certificateId === note?.oldCertificateId && isComplete(held)) ??
    backupAlone(holdings, labels)
  return goal?.certificateId
}
