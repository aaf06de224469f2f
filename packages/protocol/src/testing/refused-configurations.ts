import { type KeyFamily, keyAlgorithms, signingAlgorithms } from '../algorithms.ts'

const namesOf = (family: KeyFamily, table: Readonly<Record<string, { family: KeyFamily }>>): string[] =>
  Object.keys(table).filter(name => table[name]?.family === family)

const mixed = (keyFamily: KeyFamily, signingFamily: KeyFamily): RefusedConfiguration[] =>
  namesOf(keyFamily, keyAlgorithms).flatMap(keyAlgorithm =>
    namesOf(signingFamily, signingAlgorithms).map(signingAlgorithm => ({
      keyAlgorithm,
      signingAlgorithm,
      because: `keyAlgorithm ${keyAlgorithm} and signingAlgorithm ${signingAlgorithm} are of different types (mismatched).`,
    })),
  )

export interface RefusedConfiguration {
  keyAlgorithm: string
  signingAlgorithm: string
  /** What the sentence that refuses it must say. */
  because: string
}

/** The 26 that version 1's own tests expect to be refused: an unknown name of each kind, and every pair of two families. */
export const refusedConfigurations: readonly RefusedConfiguration[] = [
  {
    keyAlgorithm: 'Foobar',
    signingAlgorithm: 'SHA256WITHRSA',
    because: 'keyAlgorithm "Foobar" is unknown. Use one of RSA-2048',
  },
  {
    keyAlgorithm: 'RSA-2048',
    signingAlgorithm: 'Foobar',
    because: 'signingAlgorithm "Foobar" is unknown. Use one of SHA256WITHRSA',
  },
  ...mixed('RSA', 'EC'),
  ...mixed('EC', 'RSA'),
]
