import {
  type Algorithms,
  type KeyAlgorithm,
  type KeyFamily,
  keyAlgorithms,
} from '@rotator/protocol/algorithms'

/** Where Greengrass loads its private key from, which may allow less than the table of algorithms does. */
export interface KeyHome {
  /**
   * Why a key and a request of these algorithms could not be made, or not be used, here: a sentence for the operator.
   * Nothing is made to find out.
   *
   * @returns undefined where nothing speaks against them
   * @throws StoreError where it cannot be found out now
   */
  refusal(algorithms: Algorithms): Promise<string | undefined>
}

/** Keys in files. On Linux Greengrass loads every key of the table. */
export const filesHome = (platform: NodeJS.Platform): KeyHome => ({
  refusal: async ({ keyAlgorithm }) => (platform === 'win32' ? refusedOnWindows(keyAlgorithm) : undefined),
})

/**
 * The client for MQTT of aws-c-io reads an EC key on Windows as SEC1 alone (issue 260 there), Java's client for
 * credentials and data as PKCS#8 alone.
 */
export function refusedOnWindows(keyAlgorithm: KeyAlgorithm): string | undefined {
  if (keyAlgorithms[keyAlgorithm].family === 'RSA') return undefined
  return `keyAlgorithm ${keyAlgorithm} cannot be used on Windows, where the two TLS libraries of Greengrass read EC keys in no common form. Use one of ${namesOf('RSA').join(', ')}.`
}

/** aws-c-io fails with AWS_ERROR_PKCS11_ENCODING_ERROR on what a token signs with a key of that length (issue 591 there). */
const tooLongForTokens: KeyAlgorithm = 'ECDSA-P521'

/** What Greengrass refuses of any HSM, whatever the token itself can do. */
export function refusedInHsm(keyAlgorithm: KeyAlgorithm): string | undefined {
  if (keyAlgorithm !== tooLongForTokens) return undefined
  const others = [...namesOf('RSA'), ...namesOf('EC')].filter(name => name !== tooLongForTokens)
  return `keyAlgorithm ${keyAlgorithm} cannot be used with an HSM: the TLS library of Greengrass takes no signature of that length from a token, so the device would not connect any more. Use one of ${others.join(', ')}.`
}

const namesOf = (family: KeyFamily): string[] =>
  Object.entries(keyAlgorithms).flatMap(([name, of]) => (of.family === family ? name : []))
