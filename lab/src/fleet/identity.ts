import { generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { csrPem, makeCsr } from '@rotator/protocol/x509/csr'
import { element, oid, sequence, tags } from '@rotator/protocol/x509/der'

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
  const name = sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from(commonName)))
  const der = await makeCsr({
    subject: sequence(element(tags.set, name)),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    signingAlgorithm: privateKey.asymmetricKeyType === 'ec' ? 'ECDSA-WITH-SHA256' : 'SHA256WITHRSA',
    sign: bytes => sign('sha256', bytes, privateKey),
  })
  return csrPem(der)
}
