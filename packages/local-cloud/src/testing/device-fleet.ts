import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Certificate } from '../certificates/certificates.ts'
import { distinguishedName, type Issuer, issueCertificate, pemOf } from '../certificates/issue.ts'
import type { RegistryService } from '../registry/registry-service.ts'
import type { ThingPrincipalType } from '../registry/thing-principals.ts'

/** A device's certificate as the registry has it, with the key that only the device has. */
export interface EnrolledDevice {
  certificate: Certificate
  certificateArn: string
  privateKeyPem: string
}

/** A fast issuer for tests that do not look at the signature. */
export function testIssuer(): Issuer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return { name: distinguishedName([['CN', 'Test CA']]), privateKey }
}

const yearMs = 365 * 24 * 3600 * 1000

/** Registers an active certificate with a policy of its own, and attaches it to the thing where one is named. */
export function enrol(
  registry: RegistryService,
  device: {
    policy?: object
    thingName?: string
    type?: ThingPrincipalType
    commonName?: string
    now: number
  },
): EnrolledDevice {
  const { now } = device
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const der = issueCertificate(testIssuer(), {
    subject: distinguishedName([['CN', device.commonName ?? 'device']]),
    publicKeyInfo: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    notBefore: new Date(now - 1000),
    notAfter: new Date(now + yearMs),
    purpose: 'client',
  })
  const certificate = registry.certificates.register(pemOf('CERTIFICATE', der), 'DEFAULT', 'ACTIVE', now)
  const certificateArn = registry.certificates.arnOf(certificate.certificateId)
  if (device.policy !== undefined) allow(registry, certificateArn, device.policy, now)
  if (device.thingName !== undefined) {
    registry.things.create(device.thingName, undefined, {})
    registry.principals.attach(device.thingName, certificateArn, device.type ?? 'EXCLUSIVE_THING', now)
  }
  const privateKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { certificate, certificateArn, privateKeyPem }
}

/** Attaches a new policy with these statements. Returns its name. */
export function allow(registry: RegistryService, target: string, statements: object, now: number): string {
  const policyName = `policy-${registry.policies.all().length}`
  const Statement = Array.isArray(statements) ? statements : [statements]
  registry.policies.create(policyName, JSON.stringify({ Version: '2012-10-17', Statement }), now)
  registry.policies.attach(policyName, target, now)
  return policyName
}

export const anything = { Effect: 'Allow', Action: 'iot:*', Resource: '*' }
