import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { testAuthority } from '../testing/fake-aws/private-ca.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { issueCertificate } from '../testing/fake-certificates.ts'
import { fakeClientSettings, fakeClients } from '../testing/fake-clients.ts'
import { deviceSubject, newKey, requestFor, spki } from '../testing/fake-requests.ts'
import { thingName } from '../testing/test-ids.ts'
import { privateCaClient } from './private-ca-client.ts'
import { privateCaIssuer } from './private-ca-issuer.ts'
import { privateCaRevocation } from './private-ca-revocation.ts'

async function issued() {
  const aws = new FakeAws()
  const pca = privateCaClient(fakeClientSettings(aws), testAuthority.authorityArn)
  const { iot } = fakeClients(aws)
  const issuer = privateCaIssuer({
    pca,
    iot,
    settings: testAuthority,
    now: () => 0,
    pause: async () => {},
  })
  const certificate = await issuer.issue({
    thingName: thingName('dev1'),
    csr: await requestFor(newKey()),
    token: 't',
  })
  if (certificate.kind !== 'issued') throw new Error(certificate.problem)
  return {
    aws,
    pem: certificate.certificatePem,
    begin: privateCaRevocation(pca, testAuthority.authorityArn),
    serial: new X509Certificate(certificate.certificatePem).serialNumber,
    reasons: () => [...aws.privateCa.issued.values()].map(({ revokedFor }) => revokedFor),
  }
}

const failed = (code: string, status = 400) => new AwsFailure(status, code, 'why')

describe('revoking at AWS Private CA', () => {
  test('tells that the certificate is superseded, and may come twice', async () => {
    const { pem, begin, reasons } = await issued()
    for (const _ of [1, 2]) expect(await begin()(pem)).toEqual({ kind: 'revoked' })
    expect(reasons()).toEqual(['SUPERSEDED'])
  })

  test('asks for the certificate of the authority once for a batch', async () => {
    const { aws, pem, begin } = await issued()
    const revoke = begin()
    for (const _ of [1, 2, 3]) await revoke(pem)
    expect(aws.count('GetCertificateAuthorityCertificate')).toBe(1)
    await begin()(pem)
    expect(aws.count('GetCertificateAuthorityCertificate')).toBe(2)
  })

  test.each([
    ['of another name', 'Another'],
    ['of the same name', undefined],
  ])('leaves alone what an authority %s has issued', async (_, name) => {
    const { aws, begin, reasons } = await issued()
    const { pem } = issueCertificate(deviceSubject, spki(newKey()), undefined, undefined, name)
    const { serialNumber, issuer } = new X509Certificate(pem)
    const { kind, ...more } = await begin()(pem)
    expect(kind).toBe('not-theirs')
    const problem = expect.stringMatching(
      new RegExp(`^[0-9a-f:]{${serialNumber.length * 1.5 - 1}} was issued by ${issuer}$`, 'u'),
    )
    expect(more).toEqual({ problem })
    expect(aws.count('RevokeCertificate')).toBe(0)
    expect(reasons()).toEqual([undefined])
  })

  test.each(['EXPIRED', 'DELETED'])('is impossible at an authority that is %s, for ever', async Status => {
    const { aws, pem, serial, begin } = await issued()
    Object.assign(aws.privateCa.description, { Status })
    aws.failAlways('RevokeCertificate', failed('InvalidStateException'))
    const { kind, ...more } = await begin()(pem)
    expect(kind).toBe('impossible')
    const colons = serial.toLowerCase().match(/../gu)?.join(':')
    const problem = `certificate ${colons} of ${testAuthority.authorityArn}: the authority is ${Status}`
    expect(more).toEqual({ problem })
  })

  test('is impossible at an authority that is gone', async () => {
    const { aws, pem, begin } = await issued()
    for (const call of ['GetCertificateAuthorityCertificate', 'DescribeCertificateAuthority']) {
      aws.failAlways(call, failed('ResourceNotFoundException'))
    }
    expect(await begin()(pem)).toMatchObject({
      kind: 'impossible',
      problem: expect.stringMatching(/the authority is DELETED$/u),
    })
  })

  test.each([
    ['DISABLED', 'InvalidStateException'],
    ['ACTIVE', 'ResourceNotFoundException'],
    ['ACTIVE', 'AccessDeniedException'],
    ['EXPIRED', 'ThrottlingException'],
  ])('at an authority that is %s fails with %s until somebody has seen to it', async (Status, code) => {
    const { aws, pem, serial, begin, reasons } = await issued()
    Object.assign(aws.privateCa.description, { Status })
    aws.failNext('RevokeCertificate', 'before', failed(code))
    const colons = serial.toLowerCase().match(/../gu)?.join(':')
    await expect(begin()(pem)).rejects.toThrow(
      `certificate ${colons} of ${testAuthority.authorityArn} cannot be revoked: ${code}: why`,
    )
    expect(await begin()(pem)).toEqual({ kind: 'revoked' })
    expect(reasons()).toEqual(['SUPERSEDED'])
  })

  test('that cannot ask for the certificate or the state of the authority asks anew with the next one', async () => {
    const { aws, pem, begin } = await issued()
    const revoke = begin()
    aws.failNext('GetCertificateAuthorityCertificate', 'before', failed('AccessDeniedException'))
    aws.failNext('DescribeCertificateAuthority', 'before', failed('AccessDeniedException'))
    await expect(revoke(pem)).rejects.toThrow('cannot be revoked: AccessDeniedException: why')
    expect(aws.failuresFired).toBe(2)
    expect(await revoke(pem)).toEqual({ kind: 'revoked' })
  })
})
