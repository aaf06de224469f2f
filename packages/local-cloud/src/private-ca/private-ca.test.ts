import 'reflect-metadata'
import { randomUUID, X509Certificate } from 'node:crypto'
import {
  ACMPCAClient,
  CreateCertificateAuthorityCommand,
  type CreateCertificateAuthorityCommandInput,
  DeleteCertificateAuthorityCommand,
  DescribeCertificateAuthorityCommand,
  GetCertificateAuthorityCertificateCommand,
  GetCertificateCommand,
  IssueCertificateCommand,
  type IssueCertificateCommandInput,
  RestoreCertificateAuthorityCommand,
  RevokeCertificateCommand,
  type SigningAlgorithm,
  UpdateCertificateAuthorityCommand,
  waitUntilCertificateIssued,
} from '@aws-sdk/client-acm-pca'
import * as x509 from '@peculiar/x509'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { serveOperations } from '../testing/api-server.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import {
  signingAlgorithms as requestAlgorithms,
  type SignedRequest,
  signedRequest,
} from '../testing/signing-requests.ts'
import { PrivateAuthorities } from './private-authorities.ts'
import { privateCaActions } from './private-ca-actions.ts'

const dayMs = 24 * 3_600_000
const clock = new ManualClock()
const authorities = new PrivateAuthorities(defaultAccount, clock, randomUUID)
let server: Awaited<ReturnType<typeof serveOperations>>
let pca: ACMPCAClient
let request: SignedRequest
let arn: string

beforeAll(async () => {
  const actions = privateCaActions({ account: defaultAccount, clock, authorities })
  server = await serveOperations({ actions })
  pca = new ACMPCAClient({ ...server.settings, maxAttempts: 1 })
  request = await signedRequest(requestAlgorithms['P-256 with SHA-256'])
})

afterAll(async () => {
  pca.destroy()
  await server.stop()
})

beforeEach(async () => {
  authorities.issuingMs = 0
  arn = (await authorities.create({ keyAlgorithm: 'EC_prime256v1' })).arn
})

const csr = () => Buffer.from(request.csrPem)

async function issue(more: Partial<IssueCertificateCommandInput> = {}): Promise<string> {
  const { CertificateArn } = await pca.send(
    new IssueCertificateCommand({
      CertificateAuthorityArn: arn,
      Csr: csr(),
      SigningAlgorithm: 'SHA256WITHECDSA',
      Validity: { Type: 'DAYS', Value: 7 },
      ...more,
    }),
  )
  return CertificateArn ?? ''
}

const fetchOne = (CertificateArn: string) =>
  pca.send(new GetCertificateCommand({ CertificateAuthorityArn: arn, CertificateArn }))

const certificateOf = async (certificateArn: string) =>
  new X509Certificate((await fetchOne(certificateArn)).Certificate ?? '')

async function describeCa() {
  const command = new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: arn })
  return (await pca.send(command)).CertificateAuthority
}

const setStatus = (Status: 'ACTIVE' | 'DISABLED') =>
  pca.send(new UpdateCertificateAuthorityCommand({ CertificateAuthorityArn: arn, Status }))

describe('an authority', () => {
  test.each<['RSA_2048' | 'EC_secp384r1', SigningAlgorithm, string]>([
    ['RSA_2048', 'SHA256WITHRSA', 'rsa'],
    ['EC_secp384r1', 'SHA384WITHECDSA', 'ec'],
  ])(
    'with an %s key is active once it is created, with a certificate of its own',
    async (KeyAlgorithm, SigningAlgorithm, keyType) => {
      const wanted: CreateCertificateAuthorityCommandInput = {
        CertificateAuthorityType: 'ROOT',
        CertificateAuthorityConfiguration: {
          KeyAlgorithm,
          SigningAlgorithm,
          Subject: { CommonName: 'Root', Organization: 'Example', Country: 'GB' },
        },
        UsageMode: 'SHORT_LIVED_CERTIFICATE',
      }
      arn = (await pca.send(new CreateCertificateAuthorityCommand(wanted))).CertificateAuthorityArn ?? ''
      expect(arn).toMatch(/^arn:aws:acm-pca:us-east-1:123456789012:certificate-authority\/[0-9a-f-]{36}$/)
      const command = new GetCertificateAuthorityCertificateCommand({ CertificateAuthorityArn: arn })
      const root = new X509Certificate((await pca.send(command)).Certificate ?? '')
      expect(root).toMatchObject({ subject: 'C=GB\nO=Example\nCN=Root', ca: true })
      expect(root.publicKey.asymmetricKeyType).toBe(keyType)
      expect(root.verify(root.publicKey)).toBe(true)
      expect(await describeCa()).toMatchObject({
        Arn: arn,
        Status: 'ACTIVE',
        Type: 'ROOT',
        UsageMode: 'SHORT_LIVED_CERTIFICATE',
        NotAfter: root.validToDate,
        Serial: root.serialNumber.toLowerCase(),
        CertificateAuthorityConfiguration: wanted.CertificateAuthorityConfiguration,
      })
    },
  )

  test.each<[string, object]>([
    ['a subordinate one', { CertificateAuthorityType: 'SUBORDINATE' }],
    ['an unknown key', { KeyAlgorithm: 'SM2' }],
    ['an unknown subject', { Subject: { Pseudonym: 'x' } }],
  ])('that cannot be imitated is refused: %s', async (_, wrong) => {
    const { CertificateAuthorityType = 'ROOT', ...configuration } = wrong as Record<string, string>
    const command = new CreateCertificateAuthorityCommand({
      CertificateAuthorityType: CertificateAuthorityType as 'ROOT',
      CertificateAuthorityConfiguration: {
        KeyAlgorithm: 'RSA_2048',
        SigningAlgorithm: 'SHA256WITHRSA',
        Subject: { CommonName: 'x' },
        ...configuration,
      },
    })
    await expect(pca.send(command)).rejects.toMatchObject({ name: 'ValidationException' })
  })

  test('whose key cannot sign as it says is refused', async () => {
    const command = new CreateCertificateAuthorityCommand({
      CertificateAuthorityType: 'ROOT',
      CertificateAuthorityConfiguration: {
        KeyAlgorithm: 'RSA_2048',
        SigningAlgorithm: 'SHA256WITHECDSA',
        Subject: {},
      },
    })
    await expect(pca.send(command)).rejects.toMatchObject({ name: 'InvalidArgsException' })
  })

  test('that does not exist, or is none, is told by name', async () => {
    arn = `${arn.slice(0, -36)}${randomUUID()}`
    await expect(describeCa()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    arn = 'arn:aws:iot:us-east-1:123456789012:thing/a'
    await expect(describeCa()).rejects.toMatchObject({ name: 'InvalidArnException' })
  })

  test('issues nothing while it is disabled or deleted, and issues again when that is undone', async () => {
    const before = await issue()
    const refused = { name: 'InvalidStateException' }
    const deletion = () => pca.send(new DeleteCertificateAuthorityCommand({ CertificateAuthorityArn: arn }))
    const restoration = () =>
      pca.send(new RestoreCertificateAuthorityCommand({ CertificateAuthorityArn: arn }))
    await expect(deletion()).rejects.toMatchObject(refused)
    await setStatus('DISABLED')
    expect(await describeCa()).toMatchObject({ Status: 'DISABLED' })
    await expect(issue()).rejects.toMatchObject(refused)
    await fetchOne(before)
    await expect(restoration()).rejects.toMatchObject(refused)
    await deletion()
    for (const what of [issue(), fetchOne(before), setStatus('ACTIVE')])
      await expect(what).rejects.toMatchObject(refused)
    await restoration()
    await setStatus('ACTIVE')
    expect(await issue()).not.toBe(before)
  })

  test('is expired when its certificate is, and issues nothing', async () => {
    arn = (await authorities.create({ keyAlgorithm: 'EC_prime256v1', validForMs: 10 * dayMs })).arn
    clock.advance(10 * dayMs)
    expect(await describeCa()).toMatchObject({ Status: 'EXPIRED' })
    await expect(issue()).rejects.toMatchObject({ name: 'InvalidStateException' })
  })
})

describe('a certificate', () => {
  test.each<[SigningAlgorithm, string]>([
    ['SHA256WITHRSA', 'SHA-256'],
    ['SHA384WITHRSA', 'SHA-384'],
    ['SHA512WITHRSA', 'SHA-512'],
    ['SHA256WITHECDSA', 'SHA-256'],
    ['SHA384WITHECDSA', 'SHA-384'],
    ['SHA512WITHECDSA', 'SHA-512'],
  ])('signed with %s is verified by another library', async (SigningAlgorithm, hash) => {
    const keyAlgorithm = SigningAlgorithm.endsWith('RSA') ? 'RSA_2048' : 'EC_prime256v1'
    const authority = await authorities.create({ keyAlgorithm })
    arn = authority.arn
    const { Certificate = '', CertificateChain = '' } = await fetchOne(await issue({ SigningAlgorithm }))
    const certificate = new x509.X509Certificate(Certificate)
    const root = new x509.X509Certificate(CertificateChain)
    expect(certificate.signatureAlgorithm.hash).toEqual({ name: hash })
    expect(await certificate.verify({ publicKey: root, date: new Date(clock.now()) })).toBe(true)
    expect(certificate.subject).toBe('CN=device, O=Example')
    expect(certificate.issuer).toBe(root.subject)
    expect(Buffer.from(certificate.publicKey.rawData)).toEqual(request.publicKeyInfo)
    const usage = certificate.getExtension(x509.ExtendedKeyUsageExtension)
    expect(usage?.usages).toContain(x509.ExtendedKeyUsage.clientAuth)
    expect(certificate.getExtension(x509.BasicConstraintsExtension)?.ca).toBe(false)
  })

  test('has the alternative names that its request asks for, as AWS documents of the template', async () => {
    const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'host.example' }])
    const usage = new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign)
    const asking = async (extensions: x509.Extension[]) => {
      const algorithm = requestAlgorithms['P-256 with SHA-256']
      const { csrPem } = await signedRequest(algorithm, 'CN=device', 2048, extensions)
      const { Certificate = '' } = await fetchOne(await issue({ Csr: Buffer.from(csrPem) }))
      return new x509.X509Certificate(Certificate)
    }
    const copied = (await asking([usage, names])).getExtension(x509.SubjectAlternativeNameExtension)
    expect(copied?.names.toJSON()).toEqual([{ type: 'dns', value: 'host.example' }])
    const without = await asking([usage])
    expect(without.getExtension(x509.SubjectAlternativeNameExtension)).toBeNull()
    expect(without.getExtension(x509.KeyUsagesExtension)?.usages).toBe(
      x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
    )
  })

  test('is in progress for a while', async () => {
    authorities.issuingMs = 30_000
    const issued = await issue()
    await expect(fetchOne(issued)).rejects.toMatchObject({
      name: 'RequestInProgressException',
      $metadata: { httpStatusCode: 400 },
    })
    clock.advance(30_000)
    const waited = await waitUntilCertificateIssued(
      { client: pca, maxWaitTime: 5 },
      { CertificateAuthorityArn: arn, CertificateArn: issued },
    )
    expect(waited.state).toBe('SUCCESS')
  })

  test('is the same for the same token within five minutes', async () => {
    const first = await issue({ IdempotencyToken: 'a' })
    clock.advance(5 * 60_000 - 1)
    expect(await issue({ IdempotencyToken: 'a' })).toBe(first)
    expect(await issue({ IdempotencyToken: 'b' })).not.toBe(first)
    clock.advance(1)
    expect(await issue({ IdempotencyToken: 'a' })).not.toBe(first)
    await expect(issue({ IdempotencyToken: 'x'.repeat(37) })).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })

  test.each<[IssueCertificateCommandInput['Validity'], string]>([
    [{ Type: 'DAYS', Value: 7 }, '2030-01-08'],
    [{ Type: 'MONTHS', Value: 13 }, '2031-02-01'],
    [{ Type: 'YEARS', Value: 2 }, '2032-01-01'],
    [{ Type: 'ABSOLUTE', Value: Date.UTC(2031, 5, 6) / 1000 }, '2031-06-06'],
  ])('lasts as long as it was asked for: %j', async (Validity, end) => {
    clock.advance(Date.UTC(2030, 0, 1) - clock.now())
    arn = (await authorities.create({ keyAlgorithm: 'EC_prime256v1' })).arn
    const { validToDate, validFromDate } = await certificateOf(await issue({ Validity }))
    expect(validToDate.toISOString()).toBe(`${end}T00:00:00.000Z`)
    expect(validFromDate.getTime()).toBe(clock.now() - 3_600_000)
  })

  test.each<[string, string, Partial<IssueCertificateCommandInput>]>([
    ['ValidationException', 'outlives its authority', { Validity: { Type: 'DAYS', Value: 31 } }],
    ['ValidationException', 'is of no days', { Validity: { Type: 'DAYS', Value: 0 } }],
    ['ValidationException', 'is of other days', { Validity: { Type: 'END_DATE', Value: 20300101 } }],
    ['InvalidArgsException', 'is signed by another key', { SigningAlgorithm: 'SHA256WITHRSA' }],
    ['MalformedCSRException', 'is for no request', { Csr: Buffer.from('a') }],
    ['ValidationException', 'is for a long request', { Csr: Buffer.alloc(32_769) }],
    [
      'ValidationException',
      'is of another template',
      { TemplateArn: 'arn:aws:acm-pca:::template/RootCACertificate/V1' },
    ],
  ])('is refused with %s where it %s', async (name, _, more) => {
    arn = (await authorities.create({ keyAlgorithm: 'EC_prime256v1', validForMs: 30 * dayMs })).arn
    await expect(issue(more)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    await issue({ TemplateArn: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1' })
  })

  test('of a short-lived authority lasts seven days at most', async () => {
    const made = await authorities.create({
      keyAlgorithm: 'EC_prime256v1',
      usageMode: 'SHORT_LIVED_CERTIFICATE',
    })
    arn = made.arn
    await issue()
    await expect(issue({ Validity: { Type: 'DAYS', Value: 8 } })).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })

  test('is revoked once, by its serial number as AWS writes it', async () => {
    const issued = await issue()
    const { serialNumber } = await certificateOf(issued)
    const serial = serialNumber.toLowerCase().replaceAll(/(..)(?!$)/gu, '$1:')
    const revoke = (CertificateSerial: string) =>
      pca.send(
        new RevokeCertificateCommand({
          CertificateAuthorityArn: arn,
          CertificateSerial,
          RevocationReason: 'SUPERSEDED',
        }),
      )
    await expect(revoke('01:23')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    for (const other of [serialNumber, serial.toUpperCase(), serial.replaceAll(':', '')])
      await expect(revoke(other)).rejects.toMatchObject({ name: 'ValidationException' })
    await revoke(serial)
    expect(authorities.get(arn).issued.get(issued)?.revocation).toEqual({
      at: clock.now(),
      reason: 'SUPERSEDED',
    })
    await expect(revoke(serial)).rejects.toMatchObject({ name: 'RequestAlreadyProcessedException' })
    await setStatus('DISABLED')
    await expect(revoke(serial)).rejects.toMatchObject({ name: 'InvalidStateException' })
  })

  test('that does not exist is told by name', async () => {
    await expect(fetchOne(`${arn}/certificate/01`)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })
})
