import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Device } from '../fleet/device.ts'
import type { AwsClients } from './aws-clients.ts'
import { connectOnce, type MqttAccess } from './presence.ts'
import { attachedCertificates, certificateStatus } from './registry.ts'

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
  const certificatePem = readFileSync(device.certificateFile, 'utf8')
  const newCertificateId = fingerprint(certificatePem)
  const endpoint = { ...outside.mqtt, rootCa: outside.rootCa }
  const present = { ...endpoint, certificatePem, privateKeyPem: readFileSync(device.privateKeyFile, 'utf8') }
  const [acceptsNew, acceptsOld, attached, oldStatus] = await Promise.all([
    isAccepted(present, `${device.thingName}#proof-new`),
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
