import { generateKey, signWith } from '@rotator/component/keys/generate-key'
import { distinguishedName } from '@rotator/local-cloud/certificates/issue'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'

export interface PooledKey {
  keyPem: string
  csr: string
}

const subject = distinguishedName([['CN', 'AWS IoT Certificate']])
const signingAlgorithm = 'ECDSA-WITH-SHA256'
const pool: Promise<PooledKey>[] = []
const ready: PooledKey[] = []

/** The n-th key of this process and its request. Every run takes the same ones in the same order, so each is made once. */
export function pooledKey(n: number): Promise<PooledKey> {
  const known = pool[n]
  if (known !== undefined) return known
  const made = makeKey()
  pool[n] = made
  return made
}

async function makeKey(): Promise<PooledKey> {
  const { privateKey, publicKey, pem } = await generateKey('ECDSA-P256')
  const sign = (bytes: Buffer) => signWith(signingAlgorithm, privateKey, bytes)
  return { keyPem: pem, csr: csrPem(await makeCsr({ subject, publicKey, signingAlgorithm, sign })) }
}

/** One that is made already. */
export function readyKey(n: number): PooledKey {
  const key = ready[n]
  if (key === undefined) throw new Error(`key ${n} is not made yet`)
  return key
}

/** Makes the first keys ahead: waiting for one inside a run would wait for real time. */
export async function fillPool(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) ready[n] = await pooledKey(n)
}
