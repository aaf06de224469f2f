import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import { expect, test } from 'vitest'
import type { Registry } from '../aws/registry.ts'

/** A registry with one thing, which has one exclusive and one other certificate, and policies on the first. */
export interface RegistrySubject {
  registry: Registry
  thing: ThingName
  exclusive: CertificateId
  shared: CertificateId
  /** Attached to nothing. */
  free: CertificateId
  /** Of no certificate. */
  unknown: CertificateId
  policies: readonly string[]
}

/** What every implementation of {@link Registry} must do. */
export function registryContract(make: () => Promise<RegistrySubject> | RegistrySubject): void {
  test('a list shows every certificate of a thing, and whether it is exclusive', async () => {
    const { registry, thing, exclusive, shared } = await make()
    const list = await registry.listCertificates(thing)
    expect(list).toHaveLength(2)
    expect(list).toContainEqual({ certificateId: exclusive, exclusive: true })
    expect(list).toContainEqual({ certificateId: shared, exclusive: false })
  })

  test('a certificate is read with its PEM, one that does not exist is undefined', async () => {
    const { registry, exclusive, unknown } = await make()
    expect(await registry.readCertificate(exclusive)).toMatchObject({
      active: true,
      pem: expect.stringContaining('BEGIN CERTIFICATE'),
    })
    expect(await registry.readCertificate(unknown)).toBeUndefined()
  })

  test('policies and attachment go on twice as they go on once', async () => {
    const { registry, thing, exclusive, free, policies } = await make()
    expect((await registry.listPolicies(exclusive)).toSorted()).toEqual([...policies].toSorted())
    for (const _ of [1, 2]) {
      for (const policy of policies) await registry.attachPolicy(free, policy)
      await registry.attach(thing, free)
    }
    expect((await registry.listPolicies(free)).toSorted()).toEqual([...policies].toSorted())
    expect(await registry.listCertificates(thing)).toContainEqual({ certificateId: free, exclusive: true })
  })

  test('a certificate in use is not deleted', async () => {
    const { registry, thing, exclusive } = await make()
    expect(await registry.deleteCertificate(exclusive)).toBe('not-yet')
    await registry.deactivate(exclusive)
    expect(await registry.deleteCertificate(exclusive)).toBe('not-yet')
    expect(await registry.readCertificate(exclusive)).toMatchObject({ active: false })
    expect(await registry.listCertificates(thing)).toHaveLength(2)
  })

  test('every step of retiring may come twice, also after the certificate is gone', async () => {
    const { registry, thing, exclusive } = await make()
    for (const _ of [1, 2]) {
      await registry.deactivate(exclusive)
      await registry.detach(thing, exclusive)
      expect(await registry.deleteCertificate(exclusive)).toBe('deleted')
    }
    expect(await registry.readCertificate(exclusive)).toBeUndefined()
    expect(await registry.listCertificates(thing)).toHaveLength(1)
  })
}
