import { StoreError } from '../identity-store.ts'
import type { TokenAnswer, TokenFailure } from './token.ts'
import { provider } from './token-settings.ts'

const pluggedIn = 'See that the HSM is plugged in and powered'
const makeRoom = 'Remove objects that are not needed any more from the HSM'
const again = 'It is tried again'
const remedies: Readonly<Record<string, string>> = {
  NO_BINDING:
    'The component reaches HSMs on Linux, on x64 and arm64, with glibc; on such a device, deploy it again, and on another keep certificate and key in files',
  NOT_LOADED: `Install the library, or correct library in the configuration of ${provider}`,
  CKR_SLOT_ID_INVALID: `Correct slot in the configuration of ${provider}: it is a slot id, not an index`,
  CKR_TOKEN_NOT_PRESENT: pluggedIn,
  CKR_TOKEN_NOT_RECOGNIZED: `Initialise the token, or correct slot in the configuration of ${provider}: it is a slot id, not an index`,
  CKR_DEVICE_REMOVED: pluggedIn,
  CKR_DEVICE_MEMORY: makeRoom,
  CKR_SESSION_CLOSED: again,
  CKR_SESSION_HANDLE_INVALID: again,
  CKR_USER_NOT_LOGGED_IN: again,
  CKR_TOKEN_WRITE_PROTECTED: 'Make the token writable',
  CKR_PIN_INCORRECT: `Correct userPin in the configuration of ${provider}`,
  CKR_PIN_INVALID: `Correct userPin in the configuration of ${provider}`,
  CKR_PIN_LEN_RANGE: `Correct userPin in the configuration of ${provider}`,
  CKR_PIN_LOCKED: "Have the HSM's security officer unlock the user PIN",
  CKR_PIN_EXPIRED: `Set a new user PIN, in the HSM and in the configuration of ${provider}`,
  CKR_USER_PIN_NOT_INITIALIZED: `Set a user PIN in the HSM, and as userPin in the configuration of ${provider}`,
}

const suspectedPin = `If it lasts, look into the HSM's own log, and check userPin in the configuration of ${provider}: some HSMs say so of a wrong PIN`

/** A token that is away, or a session that is over, has judged no PIN. */
const harmlessAtLogin: ReadonlySet<string> = new Set([
  'CKR_DEVICE_REMOVED',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_TOKEN_NOT_PRESENT',
])

/** The PIN has been judged, and will be judged so again. */
const saysOfPin: ReadonlySet<string> = new Set([
  'CKR_PIN_EXPIRED',
  'CKR_PIN_INCORRECT',
  'CKR_PIN_INVALID',
  'CKR_PIN_LEN_RANGE',
  'CKR_PIN_LOCKED',
])

/**
 * A login that failed may have cost one of the token's few tries, whatever the token says of it. But only what it says of
 * the PIN is a judgement: all else may be otherwise a moment later.
 *
 * @param doing what was being done, as the end of a sentence
 */
export function failed(doing: string, { call, ckr, detail }: TokenFailure): StoreError {
  const isLogin = call === 'C_Login' && !harmlessAtLogin.has(ckr)
  const remedy = remedies[ckr] ?? (isLogin ? suspectedPin : "Look into the HSM's own log")
  const what = detail === undefined ? ckr : `${ckr}, ${detail}`
  const code = saysOfPin.has(ckr) ? 'HSM_PIN_REFUSED' : 'HSM_LOGIN_FAILED'
  return new StoreError(
    isLogin ? code : 'HSM_FAILED',
    `The HSM could not ${doing} (${call}: ${what}). ${remedy}.`,
  )
}

/** @throws StoreError where the token failed */
export function settled<T>(doing: string, answer: TokenAnswer<T>): T {
  if (answer.ok) return answer.value
  throw failed(doing, answer)
}

/** Return values that say of the token, or of the object, that it is never done. */
export const isImpossible = (ckr: string): boolean => impossible.has(ckr)

const impossible: ReadonlySet<string> = new Set([
  'CKR_ACTION_PROHIBITED',
  'CKR_ATTRIBUTE_READ_ONLY',
  'CKR_ATTRIBUTE_TYPE_INVALID',
  'CKR_ATTRIBUTE_VALUE_INVALID',
  'CKR_FUNCTION_NOT_SUPPORTED',
  'CKR_TEMPLATE_INCONSISTENT',
  'CKR_TOKEN_WRITE_PROTECTED',
])
