import { createECDH, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'

/**
 * The one key that certificates and requests of the corpus are for. It is made from a word, the same in every run, and
 * guards nothing.
 */
const scalar = createHash('sha256').update('a key that guards nothing').digest()

const point = (() => {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(scalar)
  return curve.getPublicKey()
})()

export const knownKey = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  },
})
export const knownSpki = createPublicKey(knownKey).export({ format: 'der', type: 'spki' })
export const knownKeyPem = knownKey.export({ format: 'pem', type: 'pkcs8' }).toString()

export const signByKnownKey = (bytes: Buffer): Buffer => sign('sha256', bytes, knownKey)
