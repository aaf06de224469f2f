/** The one table of key and signing algorithms; names are those of version 1 and case-sensitive. */
export type KeyFamily = 'RSA' | 'EC'
export type Hash = 'sha256' | 'sha384' | 'sha512'

export const keyAlgorithms = {
  'RSA-2048': { family: 'RSA', modulusLength: 2048 },
  'RSA-3072': { family: 'RSA', modulusLength: 3072 },
  'ECDSA-P256': { family: 'EC', curve: 'P-256' },
  'ECDSA-P384': { family: 'EC', curve: 'P-384' },
  'ECDSA-P521': { family: 'EC', curve: 'P-521' },
} as const
export type KeyAlgorithm = keyof typeof keyAlgorithms

/** How the certificate signing request is signed. PSS: MGF1 with the same hash, salt as long as the hash. */
export const signingAlgorithms = {
  SHA256WITHRSA: { family: 'RSA', scheme: 'pkcs1', hash: 'sha256' },
  SHA384WITHRSA: { family: 'RSA', scheme: 'pkcs1', hash: 'sha384' },
  SHA512WITHRSA: { family: 'RSA', scheme: 'pkcs1', hash: 'sha512' },
  SHA256WITHRSAANDMGF1: { family: 'RSA', scheme: 'pss', hash: 'sha256' },
  SHA384WITHRSAANDMGF1: { family: 'RSA', scheme: 'pss', hash: 'sha384' },
  SHA512WITHRSAANDMGF1: { family: 'RSA', scheme: 'pss', hash: 'sha512' },
  'ECDSA-WITH-SHA256': { family: 'EC', scheme: 'ecdsa', hash: 'sha256' },
  'ECDSA-WITH-SHA384': { family: 'EC', scheme: 'ecdsa', hash: 'sha384' },
  'ECDSA-WITH-SHA512': { family: 'EC', scheme: 'ecdsa', hash: 'sha512' },
} as const
export type SigningAlgorithm = keyof typeof signingAlgorithms

export interface Algorithms {
  keyAlgorithm: KeyAlgorithm
  signingAlgorithm: SigningAlgorithm
}

const entriesOf = <K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] =>
  Object.entries(table) as [K, V][]

/** Every key algorithm with every signing algorithm of its family: 12 pairs of RSA, 9 of EC. The curve does not restrict the hash. */
export const algorithmPairs: readonly Algorithms[] = entriesOf(keyAlgorithms).flatMap(([keyAlgorithm, key]) =>
  entriesOf(signingAlgorithms)
    .filter(([, signing]) => signing.family === key.family)
    .map(([signingAlgorithm]) => ({ keyAlgorithm, signingAlgorithm })),
)

export const defaultAlgorithms: Algorithms = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' }

/** Bytes of a digest, which is also the length of a PSS salt. */
export const hashLengths: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 }

export type AlgorithmsChoice = { ok: true; algorithms: Algorithms } | { ok: false; problem: string }

/**
 * Checks a pair of names as it stands in a configuration or a job document.
 *
 * The problem is a sentence for the operator: what is wrong, and what may be chosen instead.
 */
export function chooseAlgorithms(keyAlgorithm: string, signingAlgorithm: string): AlgorithmsChoice {
  if (!isKeyAlgorithm(keyAlgorithm)) {
    return unknown('keyAlgorithm', keyAlgorithm, Object.keys(keyAlgorithms))
  }
  if (!isSigningAlgorithm(signingAlgorithm)) {
    return unknown('signingAlgorithm', signingAlgorithm, Object.keys(signingAlgorithms))
  }
  const family = keyAlgorithms[keyAlgorithm].family
  if (family !== signingAlgorithms[signingAlgorithm].family) {
    const fitting = algorithmPairs.flatMap(pair =>
      pair.keyAlgorithm === keyAlgorithm ? pair.signingAlgorithm : [],
    )
    return {
      ok: false,
      problem: `keyAlgorithm ${keyAlgorithm} and signingAlgorithm ${signingAlgorithm} are of different types (mismatched). With ${keyAlgorithm} use one of ${fitting.join(', ')}.`,
    }
  }
  return { ok: true, algorithms: { keyAlgorithm, signingAlgorithm } }
}

function isKeyAlgorithm(name: string): name is KeyAlgorithm {
  return Object.hasOwn(keyAlgorithms, name)
}

function isSigningAlgorithm(name: string): name is SigningAlgorithm {
  return Object.hasOwn(signingAlgorithms, name)
}

/** Characters of an unknown name that are shown: it may be anything, and goes into messages that have a limit. */
const shownMaxLength = 64

function unknown(setting: string, name: string, allowed: string[]): AlgorithmsChoice {
  const shown = name.length > shownMaxLength ? `${name.slice(0, shownMaxLength)}…` : name
  return {
    ok: false,
    problem: `${setting} ${JSON.stringify(shown)} is unknown. Use one of ${allowed.join(', ')}.`,
  }
}
