import 'reflect-metadata'
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateCertificateFromCsrCommand,
  CreateKeysAndCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  IoTClient,
  ListCertificatesCommand,
  RegisterCertificateWithoutCACommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot'
import * as x509 from '@peculiar/x509'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allow, anything, enrol } from '../testing/device-fleet.ts'
import { type FrontDoor, startFrontDoor } from '../testing/front-door.ts'
import { signedRequest, signingAlgorithms } from '../testing/signing-requests.ts'
import { openCertificateAuthorities } from './certificate-authorities.ts'

let door: FrontDoor
let iot: IoTClient

beforeAll(async () => {
  door = await startFrontDoor()
  iot = new IoTClient({ ...door.settings, maxAttempts: 1 })
})

afterAll(async () => {
  iot.destroy()
  await door.stop()
})

const p256 = signingAlgorithms['P-256 with SHA-256']

async function createFromCsr(setAsActive = true) {
  const { csrPem, ...rest } = await signedRequest(p256)
  const created = await iot.send(
    new CreateCertificateFromCsrCommand({ certificateSigningRequest: csrPem, setAsActive }),
  )
  return { ...created, ...rest, csrPem, certificateId: created.certificateId ?? '' }
}

describe('CreateCertificateFromCsr', () => {
  test('answers a certificate for the key of the CSR, signed by the device authority, for the CSR subject', async () => {
    const created = await createFromCsr()
    const x509 = new X509Certificate(created.certificatePem ?? '')
    expect(x509.checkPrivateKey(createPrivateKey(created.privateKeyPem))).toBe(true)
    expect(x509.subject).toBe('CN=device\nO=Example')
    expect(x509.issuer.split('\n')).toEqual([
      'OU=Amazon Web Services',
      'O=Amazon.com Inc.',
      'L=Seattle',
      'ST=Washington',
      'C=US',
    ])
    expect(x509.validToDate.toISOString()).toBe('2049-12-31T23:59:59.000Z')
    expect(x509.validFromDate.getTime()).toBeLessThanOrEqual(Date.now())
  })

  test('names the certificate by the SHA-256 of its DER', async () => {
    const { certificateId, certificateArn, certificatePem } = await createFromCsr()
    const der = new X509Certificate(certificatePem ?? '').raw
    expect(certificateId).toBe(createHash('sha256').update(der).digest('hex'))
    expect(certificateArn).toBe(`arn:aws:iot:us-east-1:123456789012:cert/${certificateId}`)
  })

  test('answers two certificates for the same CSR twice', async () => {
    const { csrPem, certificateId } = await createFromCsr()
    const again = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csrPem }))
    expect(again.certificateId).not.toBe(certificateId)
  })

  test('leaves the certificate inactive unless it is asked to activate it', async () => {
    const { certificateId } = await createFromCsr(false)
    const described = await iot.send(new DescribeCertificateCommand({ certificateId }))
    expect(described.certificateDescription?.status).toBe('INACTIVE')
  })

  test('refuses a broken CSR with InvalidRequestException', async () => {
    const command = new CreateCertificateFromCsrCommand({ certificateSigningRequest: 'no CSR' })
    await expect(iot.send(command)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('makes what another library reads and verifies against the device authority', async () => {
    const { certificatePem } = await createFromCsr()
    const certificate = new x509.X509Certificate(certificatePem ?? '')
    const authorityKey = createPublicKey(readFileSync(join(door.directory, 'device-ca.key')))
    const publicKey = new x509.PublicKey(authorityKey.export({ format: 'der', type: 'spki' }))
    expect(certificate.signatureAlgorithm).toMatchObject({
      name: 'RSASSA-PKCS1-v1_5',
      hash: { name: 'SHA-256' },
    })
    expect(await certificate.verify({ publicKey })).toBe(true)
    const basicConstraints = certificate.getExtension(x509.BasicConstraintsExtension)
    expect(basicConstraints).toMatchObject({ ca: false, critical: true })
    expect(certificate.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      usages: x509.KeyUsageFlags.digitalSignature,
      critical: true,
    })
  })
})

describe('CreateKeysAndCertificate', () => {
  test('answers a certificate with the key that belongs to it', async () => {
    const { certificatePem, keyPair } = await iot.send(
      new CreateKeysAndCertificateCommand({ setAsActive: true }),
    )
    const x509 = new X509Certificate(certificatePem ?? '')
    expect(x509.subject).toBe('CN=AWS IoT Certificate')
    expect(x509.checkPrivateKey(createPrivateKey(keyPair?.PrivateKey ?? ''))).toBe(true)
    expect(keyPair?.PrivateKey).toMatch(/BEGIN RSA PRIVATE KEY/)
  })
})

describe('RegisterCertificateWithoutCA', () => {
  test('registers a foreign certificate once, for clients that name the server', async () => {
    const { certificate } = enrol(door.registry, { now: Date.now() })
    const certificatePem = certificate.certificatePem
    door.registry.certificates.setStatus(certificate.certificateId, 'INACTIVE', Date.now())
    door.registry.certificates.delete(certificate.certificateId)
    const registered = await iot.send(
      new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }),
    )
    expect(registered.certificateId).toBe(certificate.certificateId)
    const { certificateDescription } = await iot.send(
      new DescribeCertificateCommand({ certificateId: certificate.certificateId }),
    )
    expect(certificateDescription).toMatchObject({ status: 'ACTIVE', certificateMode: 'SNI_ONLY' })
    await expect(iot.send(new RegisterCertificateWithoutCACommand({ certificatePem }))).rejects.toMatchObject(
      {
        name: 'ResourceAlreadyExistsException',
        message: 'The certificate is already provisioned or registered',
        resourceId: certificate.certificateId,
        resourceArn: registered.certificateArn,
        $metadata: { httpStatusCode: 409 },
      },
    )
  })

  test('refuses what is no certificate with CertificateValidationException, a wrong status with CertificateStateException', async () => {
    const certificatePem = 'nothing'
    await expect(iot.send(new RegisterCertificateWithoutCACommand({ certificatePem }))).rejects.toMatchObject(
      {
        name: 'CertificateValidationException',
        $metadata: { httpStatusCode: 400 },
      },
    )
    await expect(
      iot.send(new RegisterCertificateWithoutCACommand({ certificatePem, status: 'REVOKED' })),
    ).rejects.toMatchObject({ name: 'CertificateStateException', $metadata: { httpStatusCode: 406 } })
  })
})

describe('DescribeCertificate', () => {
  test('tells status, PEM, mode and validity', async () => {
    const { certificateId, certificatePem } = await createFromCsr()
    const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }))
    expect(certificateDescription).toMatchObject({
      certificateId,
      certificatePem,
      status: 'ACTIVE',
      certificateMode: 'DEFAULT',
      validity: { notAfter: new Date('2049-12-31T23:59:59Z') },
    })
  })

  test('answers ResourceNotFoundException for an unknown id', async () => {
    const command = new DescribeCertificateCommand({ certificateId: 'f'.repeat(64) })
    await expect(iot.send(command)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
  })
})

describe('UpdateCertificate', () => {
  test('sets the status, and again the same one', async () => {
    const { certificateId } = await createFromCsr()
    for (let times = 0; times < 2; times++)
      await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
    const described = await iot.send(new DescribeCertificateCommand({ certificateId }))
    expect(described.certificateDescription?.status).toBe('INACTIVE')
  })

  test.each(['PENDING_TRANSFER', 'PENDING_ACTIVATION'] as const)('does not set %s', async newStatus => {
    const { certificateId } = await createFromCsr()
    await expect(iot.send(new UpdateCertificateCommand({ certificateId, newStatus }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    })
  })
})

describe('DeleteCertificate', () => {
  const deletion = (certificateId: string, forceDelete = false) =>
    iot.send(new DeleteCertificateCommand({ certificateId, forceDelete }))

  test('refuses an active certificate with 406, even by force', async () => {
    const { certificateId } = await createFromCsr()
    for (const force of [false, true])
      await expect(deletion(certificateId, force)).rejects.toMatchObject({
        name: 'CertificateStateException',
        message: `Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`,
        $metadata: { httpStatusCode: 406 },
      })
  })

  test('by force of an active certificate leaves its policies where they are', async () => {
    const { certificateArn, certificate } = enrol(door.registry, {
      policy: anything,
      thingName: 'live',
      now: 0,
    })
    await expect(deletion(certificate.certificateId, true)).rejects.toMatchObject({
      name: 'CertificateStateException',
    })
    door.registry.principals.detach('live', certificateArn, 0)
    await expect(deletion(certificate.certificateId, true)).rejects.toMatchObject({
      name: 'CertificateStateException',
    })
    expect(door.registry.policies.listAttached(certificateArn, Date.now())).toHaveLength(1)
  })

  test('refuses one that a thing is attached to with 409, even by force', async () => {
    const { certificate, certificateArn } = enrol(door.registry, { thingName: 'kept', now: Date.now() })
    const { certificateId } = certificate
    await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
    for (const force of [false, true])
      await expect(deletion(certificateId, force)).rejects.toMatchObject({
        name: 'DeleteConflictException',
        message: `Things must be detached before deletion (arn: ${certificateArn})`,
        $metadata: { httpStatusCode: 409 },
      })
  })

  test('refuses one with policies with 409, unless by force', async () => {
    const { certificateId, certificateArn = '' } = await createFromCsr(false)
    allow(door.registry, certificateArn, anything, Date.now())
    await expect(deletion(certificateId)).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: `Certificate policies must be detached before deletion (arn: ${certificateArn})`,
      $metadata: { httpStatusCode: 409 },
    })
    await deletion(certificateId, true)
    await expect(deletion(certificateId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('is refused for a while after a detach, until the detach has spread', async () => {
    const { certificate, certificateArn } = enrol(door.registry, { thingName: 'spreading', now: Date.now() })
    const { certificateId } = certificate
    door.registry.consistency.detachDelayMs = 60_000
    door.registry.certificates.setStatus(certificateId, 'INACTIVE', Date.now())
    door.registry.principals.detach('spreading', certificateArn, Date.now())
    await expect(deletion(certificateId)).rejects.toMatchObject({ name: 'DeleteConflictException' })
    door.registry.consistency.detachDelayMs = 0
    await deletion(certificateId)
    expect(door.registry.certificates.find(certificateId)).toBeUndefined()
  })
})

describe('ListCertificates', () => {
  test('pages through all of them, newest first or oldest first', async () => {
    await createFromCsr()
    const byAge = door.registry.certificates.all().toSorted((a, b) => a.createdAt - b.createdAt)
    const all = byAge.map(({ certificateId }) => certificateId)
    const seen: (string | undefined)[] = []
    let marker: string | undefined
    do {
      const page = await iot.send(
        new ListCertificatesCommand({
          pageSize: 2,
          ascendingOrder: true,
          ...(marker !== undefined && { marker }),
        }),
      )
      seen.push(...(page.certificates ?? []).map(({ certificateId }) => certificateId))
      marker = page.nextMarker
    } while (marker !== undefined)
    expect(seen).toEqual(all)
    const newest = await iot.send(new ListCertificatesCommand({ pageSize: 1 }))
    expect(newest.certificates?.[0]?.certificateId).toBe(all.at(-1))
  })

  test('begins with the oldest of them, whenever it was told of it', async () => {
    // Other tests of this file have made some that are old.
    const { certificate } = enrol(door.registry, { now: -86_400_000 })
    const oldest = await iot.send(new ListCertificatesCommand({ pageSize: 1, ascendingOrder: true }))
    expect(oldest.certificates).toMatchObject([{ certificateId: certificate.certificateId }])
  })
})

describe('the certificate authorities', () => {
  test('are the same after a restart with the same directory, and their keys are for the owner alone', () => {
    const root = readFileSync(join(door.directory, 'root-ca.pem'))
    const again = openCertificateAuthorities(door.directory, Date.now())
    expect(readFileSync(again.rootCaPath)).toEqual(root)
    for (const key of ['device-ca.key', 'root-ca.key'])
      expect(statSync(join(door.directory, key)).mode & 0o777).toBe(0o600)
  })

  test('make a server certificate for localhost and 127.0.0.1 that the root has signed', () => {
    const authorities = openCertificateAuthorities(door.directory, Date.now())
    const root = new X509Certificate(readFileSync(authorities.rootCaPath))
    for (const keyType of ['P-256', 'RSA-2048'] as const) {
      const server = new X509Certificate(authorities.serverIdentity(keyType).certificatePem)
      expect(server.verify(root.publicKey)).toBe(true)
      expect(server.checkHost('localhost')).toBe('localhost')
      expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
    }
  })
})
