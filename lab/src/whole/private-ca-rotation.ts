import { X509Certificate } from 'node:crypto'
import type { IssuedCertificate, PrivateAuthority } from '@rotator/local-cloud/private-ca/private-authority'
import { expect } from 'vitest'
import { labAuthorityId, privateCaTemplate } from '../world/private-ca.ts'
import type { BareDevice } from './bare-device.ts'
import { begin, create, expectAtRest, goOverTo } from './bare-rotation.ts'
import { type CloudTrials, cloudTest } from './cloud-test.ts'

/** A cloud whose backend has an authority of AWS Private CA issue; the functions are processes. */
export const test = cloudTest({ template: privateCaTemplate }).extend(
  'authority',
  { scope: 'file' },
  async ({ world }) => {
    const { privateAuthorities } = world.cloud.services
    return privateAuthorities.create({ id: labAuthorityId })
  },
)

/** What was issued to a device: it is told by the key, which nobody else has. */
export function issuedFor(
  authority: PrivateAuthority,
  { certificatePem }: { certificatePem: string },
): IssuedCertificate[] {
  const { publicKey } = new X509Certificate(certificatePem)
  return [...authority.issued.values()].filter(one =>
    new X509Certificate(one.certificatePem).publicKey.equals(publicKey),
  )
}

/** Rotates the device to the end, and shows that one certificate was made and is in use. */
export async function expectOne(
  { world }: CloudTrials,
  authority: PrivateAuthority,
  device: BareDevice,
): Promise<void> {
  const execution = await begin(world, device)
  const identity = await create(device, execution)
  expect(new X509Certificate(identity.certificatePem).verify(authority.certificate.publicKey)).toBe(true)
  await goOverTo(device, execution, identity)
  await expectAtRest(world, device)
  expect(issuedFor(authority, identity)).toHaveLength(1)
  const registered = world.cloud.services.registry.certificates.all()
  const { publicKey } = new X509Certificate(identity.certificatePem)
  const ofKey = registered.filter(one => new X509Certificate(one.certificatePem).publicKey.equals(publicKey))
  expect(ofKey.map(({ certificateId }) => certificateId)).toEqual([identity.certificateId])
}
