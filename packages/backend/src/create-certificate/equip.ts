import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { Registry } from '../aws/registry.ts'

/**
 * Makes a certificate usable: OLD's policies, then the thing. Harmless where some of it was done before.
 *
 * In this order, so that a device that connects as soon as it can finds its policies in place.
 */
export async function equip(
  registry: Pick<Registry, 'listPolicies' | 'attachPolicy' | 'attach'>,
  thing: ThingName,
  { from, to }: { from: CertificateId; to: CertificateId },
): Promise<void> {
  for (const policy of await registry.listPolicies(from)) await registry.attachPolicy(to, policy)
  await registry.attach(thing, to)
}
