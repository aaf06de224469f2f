import { briefCalls, type ClientSettings } from '../aws/clients.ts'
import type { Environment } from '../aws/environment.ts'
import { privateCaRevocation } from './private-ca-revocation.ts'
import { readRevocationSettings } from './private-ca-settings.ts'
import type { BeginRevoking } from './revocation.ts'

/**
 * The way to revoke that the stack was deployed with; as a rule there is none. Its calls are brief: a batch is ten
 * certificates one after the other, and each comes again by itself.
 */
export async function chooseRevocation(
  environment: Environment,
  clientSettings: ClientSettings = briefCalls,
): Promise<BeginRevoking | undefined> {
  const settings = readRevocationSettings(environment)
  if (settings === undefined) return undefined
  const { privateCaClient } = await import('./private-ca-client.ts')
  return privateCaRevocation(privateCaClient(clientSettings, settings.authorityArn), settings.authorityArn)
}
