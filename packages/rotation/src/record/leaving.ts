import type { CertificateId } from '@rotator/protocol/ids'
import type { RotationRecord } from './record.ts'

/**
 * Whether a certificate is on its way out, or gone: it was decided that it goes, or the device has said that it uses
 * another one. Until it is retired it is still attached and active, and says nothing of what the device uses.
 */
export function isLeaving(record: RotationRecord, id: CertificateId): boolean {
  if (record.progress === 'none') return false
  const { oldCertificateId, newCertificateId, keep, retiring } = record
  if (retiring.includes(id)) return true
  switch (record.progress) {
    case 'committed':
      return id === oldCertificateId
    case 'settled':
      return keep !== undefined && id !== keep && (id === oldCertificateId || id === newCertificateId)
    default:
      return false
  }
}
