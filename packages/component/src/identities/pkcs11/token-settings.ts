import { type Parsed, parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import { Secret } from '../../secret.ts'

/** The Greengrass component that connects the nucleus with an HSM; its configuration says where that is. */
export const provider = 'aws.greengrass.crypto.Pkcs11Provider'

/** How the token is reached, as the provider's configuration has it. */
export interface TokenPlace {
  /** Path of the PKCS#11 library. */
  library: string
  /** A slot id, which is not an index. */
  slot: number
  userPin: Secret
}

export interface TokenSettings extends TokenPlace {
  /** The one label of the objects that are the device's identity, from the `pkcs11:` URIs of the nucleus. */
  label: string
}

/** Numbers are texts in some configurations, and a PIN may be written as a number. */
const slotSchema = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/u), v.transform(Number))]),
  v.safeInteger(),
  v.minValue(0),
)
const pinSchema = v.pipe(v.union([v.string(), v.number()]), v.transform(String), v.minLength(1))
const librarySchema = v.pipe(v.string(), v.minLength(1))

/** Reads the provider's configuration, which may be anything. A problem shows none of its values. */
export function parseTokenPlace(configuration: unknown): Parsed<TokenPlace> {
  const given = Object(configuration)
  const library = parseWith(librarySchema, given.library)
  const slot = parseWith(slotSchema, given.slot)
  const userPin = parseWith(pinSchema, given.userPin)
  if (library.ok && slot.ok && userPin.ok) {
    return {
      ok: true,
      value: { library: library.value, slot: slot.value, userPin: new Secret(userPin.value) },
    }
  }
  const wrong = Object.entries({ library, slot, userPin }).flatMap(([name, { ok }]) => (ok ? [] : name))
  return {
    ok: false,
    problem: `The configuration of ${provider} lacks a usable ${wrong.join(', ')}. Set that, as Greengrass itself needs it to connect with this HSM.`,
  }
}

/** The settings as they pass to a child, on its input and nowhere else. */
export interface TokenSettingsOnWire extends Omit<TokenSettings, 'userPin'> {
  userPin: string
}

export const toWire = ({ userPin, ...rest }: TokenSettings): TokenSettingsOnWire => ({
  ...rest,
  userPin: userPin.reveal(),
})

export const fromWire = ({ userPin, ...rest }: TokenSettingsOnWire): TokenSettings => ({
  ...rest,
  userPin: new Secret(userPin),
})
