import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { Registry } from '../aws/registry.ts'

/**
 * Makes a certificate usable: the thing, then OLD's policies. Harmless where some of it was done before.
 *
 * The thing first, so that one whose policies cannot be attached is known as this thing's when it goes. Nobody
 * can connect with it meanwhile: the device gets it only afterwards.
 */
export async function equip(
  registry: Pick<Registry, 'listPolicies' | 'attachPolicy' | 'attach'>,
  thing: ThingName,
  { from, to }: { from: CertificateId; to: CertificateId },
): Promise<void> {
  await registry.attach(thing, to)
  for (const policy of await registry.listPolicies(from)) await registry.attachPolicy(to, policy)
}
