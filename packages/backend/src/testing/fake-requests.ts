import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type SigningAlgorithm, signingAlgorithms } from '@rotator/protocol/algorithms'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import { bitString, context, element, oid, sequence, smallInteger, tags } from '@rotator/protocol/x509/der'
import { signatureAlgorithm } from '@rotator/protocol/x509/signature-algorithm'
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

/** A request that asks for the name of a server besides, as no device does; in PEM. */
export function requestForServer(key: KeyPair, serverName: string): string {
  const dnsName = 0x82
  const names = sequence(element(dnsName, Buffer.from(serverName)))
  const extensions = sequence(sequence(oid('2.5.29.17'), element(tags.octetString, names)))
  const extensionRequest = sequence(oid('1.2.840.113549.1.9.14'), element(tags.set, extensions))
  const attributes = element(context(0), extensionRequest)
  const info = sequence(smallInteger(0), deviceSubject, spki(key), attributes)
  const signature = bitString(sign('sha256', info, key.privateKey))
  return csrPem(sequence(info, signatureAlgorithm('ECDSA-WITH-SHA256'), signature))
}
