import { generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import { bitString, context, element, oid, sequence, smallInteger, tags } from '@rotator/protocol/x509/der'
import { signatureAlgorithm } from '@rotator/protocol/x509/signature-algorithm'

/** What a device is given at the factory: a key of its own and a request for its first certificate. */
export interface FactoryIdentity {
  privateKeyPem: string
  csr: string
}

const generate = promisify(generateKeyPair)

/** RSA-2048, as most devices in the field have. */
export async function factoryIdentity(commonName: string): Promise<FactoryIdentity> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 })
  return { privateKeyPem: pkcs1(privateKey), csr: await requestFor(commonName, { privateKey, publicKey }) }
}

const pkcs1 = (key: KeyObject): string => key.export({ type: 'pkcs1', format: 'pem' }).toString()

/** A signing request in PEM for any RSA or elliptic-curve key, signed with SHA-256. */
export async function requestFor(
  commonName: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): Promise<string> {
  const der = await makeCsr({
    subject: subjectOf(commonName),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    signingAlgorithm: privateKey.asymmetricKeyType === 'ec' ? 'ECDSA-WITH-SHA256' : 'SHA256WITHRSA',
    sign: bytes => sign('sha256', bytes, privateKey),
  })
  return csrPem(der)
}

const subjectOf = (commonName: string): Buffer =>
  sequence(element(tags.set, sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from(commonName)))))

/** A signing request in PEM for an elliptic-curve key that asks for the name of a server besides, as no device does. */
export function requestForServer(
  commonName: string,
  serverName: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): string {
  const dnsName = 0x82
  const names = sequence(element(dnsName, Buffer.from(serverName)))
  const extensions = sequence(sequence(oid('2.5.29.17'), element(tags.octetString, names)))
  const attribute = sequence(oid('1.2.840.113549.1.9.14'), element(tags.set, extensions))
  const info = sequence(
    smallInteger(0),
    subjectOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(context(0), attribute),
  )
  const signature = bitString(sign('sha256', info, privateKey))
  return csrPem(sequence(info, signatureAlgorithm('ECDSA-WITH-SHA256'), signature))
}
