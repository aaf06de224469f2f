import type { KeyAlgorithm, SigningAlgorithm } from '@rotator/protocol/algorithms'

/** Somewhere that a key can be made and kept. */
export interface KeyHolder {
  name: string
  /** @returns undefined where it cannot hold such a key */
  makeKey(keyAlgorithm: KeyAlgorithm): Promise<HeldKey | undefined>
  close(): Promise<void>
}

export interface HeldKey {
  /** Makes a certificate signing request. */
  request(signingAlgorithm: SigningAlgorithm): Promise<void>
  remove(): Promise<void>
}
