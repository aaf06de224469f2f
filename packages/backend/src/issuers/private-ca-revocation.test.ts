import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { testAuthority } from '../testing/fake-aws/private-ca.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { issueCertificate } from '../testing/fake-certificates.ts'
import { fakeClientSettings, fakeClients } from '../testing/fake-clients.ts'
import { deviceSubject, newKey, requestFor, spki } from '../testing/fake-requests.ts'
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
  const certificate = await issuer.issue({ csr: await requestFor(newKey()), token: 't' })
  if (certificate.kind !== 'issued') throw new Error(certificate.problem)
  return {
    aws,
    pem: certificate.certificatePem,
    revoke: privateCaRevocation(pca),
    reasons: () => [...aws.privateCa.issued.values()].map(({ revokedFor }) => revokedFor),
  }
}

describe('revoking at AWS Private CA', () => {
  test('tells that the certificate is superseded, and may come twice', async () => {
    const { pem, revoke, reasons } = await issued()
    expect(await revoke(pem)).toBe('revoked')
    expect(await revoke(pem)).toBe('revoked')
    expect(reasons()).toEqual(['SUPERSEDED'])
  })

  test('leaves alone what the authority has not issued, whatever it is called', async () => {
    const { aws, revoke, reasons } = await issued()
    expect(await revoke(issueCertificate(deviceSubject, spki(newKey())).pem)).toBe('not-theirs')
    expect(aws.count('RevokeCertificate')).toBe(0)
    expect(reasons()).toEqual([undefined])
  })

  test('has nobody to tell where the authority is gone', async () => {
    const { aws, pem, revoke } = await issued()
    aws.failNext(
      'GetCertificateAuthorityCertificate',
      'before',
      new AwsFailure(400, 'ResourceNotFoundException'),
    )
    expect(await revoke(pem)).toBe('authority-gone')
  })

  test.each(['ThrottlingException', 'InvalidStateException', 'AccessDeniedException'])(
    'that fails with %s is tried again by whoever asked',
    async code => {
      const { aws, pem, revoke, reasons } = await issued()
      aws.failNext('RevokeCertificate', 'before', new AwsFailure(400, code))
      await expect(revoke(pem)).rejects.toMatchObject({ name: code })
      expect(await revoke(pem)).toBe('revoked')
      expect(reasons()).toEqual(['SUPERSEDED'])
    },
  )
})
