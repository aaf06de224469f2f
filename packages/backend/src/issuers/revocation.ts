import { type ClientSettings, clientDefaults } from '../aws/clients.ts'
import type { Environment } from '../aws/environment.ts'
import { privateCaRevocation } from './private-ca-revocation.ts'
import { readRevocationSettings } from './private-ca-settings.ts'

/** What came of telling an authority that a certificate is not used any more. */
export type Revocation =
  | 'revoked'
  /** It was issued by somebody else. */
  | 'not-theirs'
  /** The authority is gone for good, and with it every certificate that it issued. */
  | 'authority-gone'

/** Tells the authority of a certificate in PEM; harmless twice. It cannot be undone. */
export type Revoke = (certificatePem: string) => Promise<Revocation>

/** The way to revoke that the stack was deployed with; as a rule there is none. */
export async function chooseRevocation(
  environment: Environment,
  clientSettings: ClientSettings = clientDefaults,
): Promise<Revoke | undefined> {
  const settings = readRevocationSettings(environment)
  if (settings === undefined) return undefined
  const { privateCaClient } = await import('./private-ca-client.ts')
  return privateCaRevocation(privateCaClient(clientSettings, settings.authorityArn))
}
