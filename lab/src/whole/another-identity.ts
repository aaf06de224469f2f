import type { Device } from '../fleet/device.ts'
import { devicePolicyName } from '../fleet/device-policy.ts'
import { factoryIdentity } from '../fleet/identity.ts'
import {
  attachExclusively,
  attachPolicy,
  type IssuedCertificate,
  issueCertificate,
} from '../operator/registry.ts'
import type { World } from './world.ts'

/** A further identity of a thing, which no rotation made: an operator has it issued and attaches it. */
export async function anotherIdentity(
  { clients: { iot } }: World,
  { thingName }: Device,
): Promise<IssuedCertificate & { privateKeyPem: string }> {
  const { csr, privateKeyPem } = await factoryIdentity('AWS IoT Certificate')
  const certificate = await issueCertificate(iot, csr)
  await attachPolicy(iot, devicePolicyName, certificate.certificateArn)
  await attachExclusively(iot, thingName, certificate.certificateArn)
  return { ...certificate, privateKeyPem }
}
