import type { CertificateId } from '@rotator/protocol/ids'
import type { CertificateView } from '@rotator/rotation/invariants'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'

/** The certificates that were ever attached to a thing and still exist, as the registry has them now. */
export function certificatesOf(
  { registry, attached: everAttached }: SimulatedCloud,
  thing: string,
): CertificateView[] {
  const attached = new Set(registry.principals.principalsOf(thing))
  return everAttached
    .filter(one => one.thing === thing)
    .flatMap(({ certificateId }) => {
      const certificate = registry.certificates.find(certificateId)
      if (certificate === undefined) return []
      return {
        certificateId: certificateId as CertificateId,
        isActive: certificate.status === 'ACTIVE',
        isAttached: attached.has(registry.certificates.arnOf(certificateId)),
      }
    })
}
