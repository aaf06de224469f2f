import { type ClientSettings, clientDefaults } from '../aws/clients.ts'
import type { Environment } from '../aws/environment.ts'
import { privateCaRevocation } from './private-ca-revocation.ts'
import { readRevocationSettings } from './private-ca-settings.ts'
import type { BeginRevoking } from './revocation.ts'

/** A batch is a dozen certificates one after the other, and each comes again by itself. */
const fewAttempts: ClientSettings = { ...clientDefaults, maxAttempts: 2 }

/** The way to revoke that the stack was deployed with; as a rule there is none. */
export async function chooseRevocation(
  environment: Environment,
  clientSettings: ClientSettings = fewAttempts,
): Promise<BeginRevoking | undefined> {
  const settings = readRevocationSettings(environment)
  if (settings === undefined) return undefined
  const { privateCaClient } = await import('./private-ca-client.ts')
  return privateCaRevocation(privateCaClient(clientSettings, settings.authorityArn), settings.authorityArn)
}
