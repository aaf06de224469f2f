import { isMap } from '../config/config-merge.ts'
import type { ConfigValue } from '../config/config-tree.ts'

/** The plugin that gives the nucleus keys in tokens. */
export const pkcs11ProviderName = 'aws.greengrass.crypto.Pkcs11Provider'

/** Its configuration: which library, which slot by its id, and the PIN. */
export interface Pkcs11Provider {
  readonly library: string
  readonly slot: number
  readonly userPin: string
}

/** @returns undefined where the plugin is not configured; scalars may be strings, as deployments have them */
export function readPkcs11Provider(value: ConfigValue | undefined): Pkcs11Provider | undefined {
  if (!isMap(value)) return undefined
  const { library, slot, userPin } = value
  const number = typeof slot === 'string' && slot !== '' ? Number(slot) : slot
  const pin = typeof userPin === 'number' ? String(userPin) : userPin
  if (typeof library !== 'string' || typeof number !== 'number' || !Number.isInteger(number)) return undefined
  return typeof pin === 'string' ? { library, slot: number, userPin: pin } : undefined
}
