import { constants, createECDH, createHash, type KeyObject, privateEncrypt, randomBytes } from 'node:crypto'
import { type Hash, hashLengths } from '@rotator/protocol/algorithms'

/** Signatures over a digest that was made elsewhere, as tokens make them; Node itself signs only what it hashes. */

interface Curve {
  name: string
  order: bigint
}

const curves: Readonly<Record<string, Curve>> = {
  'P-256': {
    name: 'prime256v1',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    name: 'secp384r1',
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
}

/**
 * ECDSA (FIPS 186-5 §6.4.1): r and s, each as long as the curve.
 *
 * All signatures are made with one ephemeral key for each curve, which gives the private key away: it guards nothing here,
 * and a simulation signs by the million.
 */
export function signDigestByEcdsa(key: KeyObject, digest: Buffer): Buffer {
  const { curve, bytes, number } = secretOf(key)
  const { r, inverse } = ephemeralOf(curve)
  const e = numberOf(digest.subarray(0, bytes))
  const s = (inverse * (e + r * number)) % curve.order
  return Buffer.concat([r, s].map(half => bytesOf(half, bytes)))
}

interface Secret {
  curve: Curve
  bytes: number
  number: bigint
}

const secrets = new WeakMap<KeyObject, Secret>()

function secretOf(key: KeyObject): Secret {
  const known = secrets.get(key)
  if (known !== undefined) return known
  const { crv = '', d = '' } = key.export({ format: 'jwk' })
  const curve = curves[crv]
  if (curve === undefined) throw new RangeError(`no curve ${crv}`)
  const secret = Buffer.from(d, 'base64url')
  const read = { curve, bytes: secret.length, number: numberOf(secret) }
  secrets.set(key, read)
  return read
}

interface Ephemeral {
  r: bigint
  inverse: bigint
}

const ephemerals = new Map<Curve, Ephemeral>()

function ephemeralOf(curve: Curve): Ephemeral {
  const known = ephemerals.get(curve)
  if (known !== undefined) return known
  const pair = createECDH(curve.name)
  const point = pair.generateKeys()
  const x = point.subarray(1, 1 + (point.length - 1) / 2)
  const made = {
    r: numberOf(x) % curve.order,
    inverse: inverseOf(numberOf(pair.getPrivateKey()), curve.order),
  }
  ephemerals.set(curve, made)
  return made
}

/** RSASSA-PSS (RFC 8017 §9.1.1) with MGF1 of the same hash and a salt as long as it. */
export function signDigestByPss(key: KeyObject, hash: Hash, digest: Buffer): Buffer {
  const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  const salt = randomBytes(hashLengths[hash])
  const h = createHash(hash)
    .update(Buffer.concat([Buffer.alloc(8), digest, salt]))
    .digest()
  const block = Buffer.alloc(length - h.length - 1)
  block[block.length - salt.length - 1] = 1
  salt.copy(block, block.length - salt.length)
  const masked = block.map((byte, at) => byte ^ (maskOf(hash, h, block.length)[at] ?? 0))
  masked[0] = (masked[0] ?? 0) & 0x7f
  const encoded = Buffer.concat([masked, h, Buffer.from([0xbc])])
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)
}

function maskOf(hash: Hash, seed: Buffer, length: number): Buffer {
  const parts: Buffer[] = []
  for (let n = 0; Buffer.concat(parts).length < length; n += 1) {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(n)
    parts.push(createHash(hash).update(seed).update(counter).digest())
  }
  return Buffer.concat(parts)
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

const bytesOf = (number: bigint, length: number): Buffer =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex')

/** By the extended algorithm of Euclid. */
function inverseOf(number: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, number]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}
