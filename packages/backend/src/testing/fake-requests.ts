import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import { commonName } from './fake-certificates.ts'

export interface KeyPair {
  privateKey: KeyObject
  publicKey: KeyObject
}

export const newKey = (namedCurve = 'P-256'): KeyPair => generateKeyPairSync('ec', { namedCurve })

export const spki = (key: KeyPair): Buffer => key.publicKey.export({ type: 'spki', format: 'der' })

export const deviceSubject = commonName('AWS IoT Certificate')

/** A request as a device makes it, in PEM. */
export async function requestFor(
  key: KeyPair,
  signingAlgorithm: SigningAlgorithm = 'ECDSA-WITH-SHA256',
  subject: Buffer = deviceSubject,
): Promise<string> {
  const { scheme, hash } = signingAlgorithms[signingAlgorithm]
  const padding =
    scheme === 'pss'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {}
  const der = await makeCsr({
    subject,
    publicKey: spki(key),
    signingAlgorithm,
    sign: toBeSigned => sign(hash, toBeSigned, { key: key.privateKey, ...padding }),
  })
  return csrPem(der)
}
