import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Device } from '../fleet/device.ts'
import type { Token } from '../tokens/token.ts'
import type { AwsClients } from './aws-clients.ts'
import { connectOnce, type MqttAccess } from './presence.ts'
import { attachedCertificates, certificateStatus } from './registry.ts'
import { connectsWith, type Endpoint, presentInToken } from './token-proof.ts'

/** All that is needed to look at a fleet from outside. */
export interface Outside {
  clients: AwsClients
  mqtt: { host: string; port: number }
  rootCa: string
}

/** What was seen of a device from outside; `problems` is empty where all is as it must be. */
export interface Proof {
  newCertificateId: string
  /** The algorithm of the key that the new certificate is for. */
  keyAlgorithm: string
  problems: string[]
}

/**
 * Shows that a rotation took place, asking the endpoint and the registry alone.
 *
 * The identity that the device is configured with is accepted, the one from the factory is refused and gone.
 */
export async function prove(outside: Outside, device: Device): Promise<Proof> {
  const endpoint = { ...outside.mqtt, rootCa: outside.rootCa }
  const present = device.token === undefined ? inFiles(device, endpoint) : inToken(device.token, endpoint)
  const { certificatePem } = present
  const newCertificateId = fingerprint(certificatePem)
  const [acceptsNew, acceptsOld, attached, oldStatus] = await Promise.all([
    present.connects(`${device.thingName}#proof-new`),
    // Nobody but the token could try a key that was made in it, and it holds the key no more.
    device.old.privateKeyPem !== '' &&
      isAccepted({ ...endpoint, ...device.old }, `${device.thingName}#proof-old`),
    attachedCertificates(outside.clients.iot, device.thingName),
    certificateStatus(outside.clients.iot, device.old.certificateId),
  ])
  const checks: [boolean, string][] = [
    [
      newCertificateId !== device.old.certificateId,
      'The device still uses the certificate from the factory.',
    ],
    [acceptsNew, 'The endpoint refuses the identity that the device is configured with.'],
    [!acceptsOld, 'The endpoint still accepts the identity from the factory.'],
    [present.otherKeys === 0, `Beside the present key the device still holds ${present.otherKeys}.`],
    [
      attached.length === 1 && attached[0] === newCertificateId,
      `Attached to the thing: ${attached.join(', ') || 'nothing'}; it must be the new certificate alone.`,
    ],
    [
      oldStatus === 'gone',
      `The certificate from the factory is ${oldStatus} in the registry; it must be gone.`,
    ],
  ]
  const keyAlgorithm = keyAlgorithmOf(certificatePem)
  return {
    newCertificateId,
    keyAlgorithm,
    problems: checks.flatMap(([holds, problem]) => (holds ? [] : problem)),
  }
}

/** What a device is configured with, as it is seen from outside. */
interface PresentIdentity {
  certificatePem: string
  /** How many private keys there are beside the present one; what a device drops of its files is looked for elsewhere. */
  otherKeys: number
  connects(clientId: string): Promise<boolean>
}

function inFiles(device: Device, endpoint: Endpoint): PresentIdentity {
  const certificatePem = readFileSync(device.certificateFile, 'utf8')
  const privateKeyPem = readFileSync(device.privateKeyFile, 'utf8')
  const access = { ...endpoint, certificatePem, privateKeyPem }
  return { certificatePem, otherKeys: 0, connects: clientId => isAccepted(access, clientId) }
}

function inToken(token: Token, endpoint: Endpoint): PresentIdentity {
  const identity = presentInToken(token)
  return { ...identity, connects: clientId => connectsWith(token, identity, endpoint, clientId) }
}

/** The id of the certificate that the device is configured with. */
export const inUse = ({ certificateFile }: Pick<Device, 'certificateFile'>): string =>
  fingerprint(readFileSync(certificateFile, 'utf8'))

export function fingerprint(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase()
}

/** In the words of the component's setting. */
function keyAlgorithmOf(certificatePem: string): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(certificatePem).publicKey
  const curves: Readonly<Record<string, string>> = {
    prime256v1: 'P256',
    secp384r1: 'P384',
    secp521r1: 'P521',
  }
  return asymmetricKeyType === 'rsa'
    ? `RSA-${asymmetricKeyDetails?.modulusLength}`
    : `ECDSA-${curves[asymmetricKeyDetails?.namedCurve ?? '']}`
}

async function isAccepted(access: MqttAccess, clientId: string): Promise<boolean> {
  try {
    const client = await connectOnce(access, clientId)
    await client.endAsync()
    return true
  } catch {
    return false
  }
}
