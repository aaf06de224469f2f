import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { KeyAlgorithm } from '@rotator/protocol/algorithms'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import { currentPair } from '../identities/pkcs11/current-pair.ts'
import { labelsFor } from '../identities/pkcs11/labels.ts'
import { readHoldings } from '../identities/pkcs11/read-holdings.ts'
import { repairGoal } from '../identities/pkcs11/repair-goal.ts'
import { TokenIdentityStore } from '../identities/pkcs11/token-identity-store.ts'
import { loggedIn, type TokenAccess } from '../identities/pkcs11/with-token.ts'
import { generateKey } from '../keys/generate-key.ts'
import { Secret } from '../secret.ts'
import { type FakeObject, FakeToken, type MakeKey } from './fake-token.ts'
import type { TestIdentity } from './test-authority.ts'

export const tokenLabel = 'greengrass'
export const tokenLabels = labelsFor(tokenLabel)

type IdentityInPem = Pick<TestIdentity, 'certificatePem' | 'keyPem'>

/** A token with a device's identity in it, as an operator puts it there: key, public key and certificate with id 01. */
export function tokenWith(identity: IdentityInPem, makeKey?: MakeKey): FakeToken {
  const token = new FakeToken('pin-of-the-fake', makeKey)
  putPair(token, identity, tokenLabel, '01')
  return token
}

/** @param id CKA_ID in hexadecimal */
export function putPair(
  token: FakeToken,
  { certificatePem, keyPem }: IdentityInPem,
  label: string,
  id: string,
): void {
  const name = { label, id: Buffer.from(id, 'hex') }
  token.provision({ objectClass: 'private-key', ...name, key: createPrivateKey(keyPem) })
  token.provision({ objectClass: 'public-key', ...name })
  token.provision({ objectClass: 'certificate', ...name, value: derOf(certificatePem) })
}

export const derOf = (pem: string): Buffer => firstCertificate(pem)?.der ?? Buffer.alloc(0)

export const accessTo = ({ open, library, slot, pin }: FakeToken): TokenAccess => ({
  open,
  settings: { label: tokenLabel, library, slot, userPin: new Secret(pin) },
})

export const storeIn = (token: FakeToken): TokenIdentityStore => new TokenIdentityStore(accessTo(token))

const keys = new Map<KeyAlgorithm, Promise<KeyObject>[]>()

/** The n-th key that a token makes is the n-th of this process: thousands of simulated cuts are not about making keys. */
export function pooledKeys(): MakeKey {
  let made = 0
  return async keyAlgorithm => {
    const pool = keys.get(keyAlgorithm) ?? []
    keys.set(keyAlgorithm, pool)
    const key = pool[made] ?? generateKey(keyAlgorithm).then(({ privateKey }) => privateKey)
    pool[made] = key
    made += 1
    return key
  }
}

export interface TokenLook {
  /** What the nucleus would load. */
  current: CertificateId | undefined
  /** Whether there is a pair for the nucleus, or enough to put one in order. */
  isSafe: boolean
  /** Certificates that are there with their own private key, wherever. */
  complete: ReadonlySet<CertificateId>
}

/** Looks into a copy of the token, so that whoever works with it notices nothing. */
export async function lookInto(token: FakeToken): Promise<TokenLook> {
  const access = accessTo(token.clone())
  const holdings = await loggedIn(access, async session => readHoldings(session, tokenLabels))
  const pair = currentPair(holdings, tokenLabels)
  return {
    current: pair.ok ? pair.certificate.certificateId : undefined,
    isSafe: pair.ok || repairGoal(holdings, tokenLabels) !== undefined,
    complete: new Set(holdings.keys.flatMap(({ proves }) => proves)),
  }
}

/** What is there, by class and label, in one order. */
export function inventory(token: FakeToken): string[] {
  return [...token.objects.values()]
    .map(({ objectClass, label, value }: FakeObject) =>
      objectClass === 'certificate'
        ? `certificate ${label} ${certificateId(value).slice(0, 8)}`
        : `${objectClass} ${label}`,
    )
    .toSorted()
}
