import { firstCertificate } from '@rotator/protocol/x509/certificate'
import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { testAuthority } from '../testing/fake-aws/private-ca.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { fakeClientSettings, fakeClients } from '../testing/fake-clients.ts'
import { newKey, requestFor } from '../testing/fake-requests.ts'
import { thingName } from '../testing/test-ids.ts'
import { privateCaClient } from './private-ca-client.ts'
import { mostIssuingMs, mostWaitingMs, privateCaIssuer } from './private-ca-issuer.ts'
import type { PrivateCaSettings } from './private-ca-settings.ts'

const csr = await requestFor(newKey())

function subject(settings: Partial<PrivateCaSettings> = {}) {
  const aws = new FakeAws()
  const pauses: number[] = []
  let nowMs = 0
  const issuer = privateCaIssuer({
    pca: privateCaClient(fakeClientSettings(aws), testAuthority.authorityArn),
    iot: fakeClients(aws).iot,
    settings: { ...testAuthority, ...settings },
    now: () => nowMs,
    pause: async ms => {
      pauses.push(ms)
      nowMs += ms
    },
  })
  const pass = (ms: number) => void (nowMs += ms)
  return {
    aws,
    pauses,
    pass,
    issue: (token = 'a-token') => issuer.issue({ thingName: thingName('dev1'), csr, token }),
  }
}

const tokensOf = ({ privateCa }: FakeAws) =>
  [...privateCa.issued.values()].map(({ request }) => request.IdempotencyToken)

describe('a certificate of AWS Private CA', () => {
  test('is registered as active, attached to nothing, and answered without its chain', async () => {
    const { aws, issue } = subject()
    const issued = await issue()
    const [[certificateId, registered] = []] = aws.iot.certificates
    expect(issued).toEqual({ kind: 'issued', certificateId, certificatePem: registered?.pem })
    expect(registered).toMatchObject({ status: 'ACTIVE', policies: new Set() })
    const [{ pem = '' } = {}] = aws.privateCa.issued.values()
    expect(registered?.pem).toBe(firstCertificate(pem)?.text)
    expect(registered?.pem.match(/BEGIN/gu)).toHaveLength(1)
  })

  test('is asked for as the settings say, with a token that AWS takes', async () => {
    const { aws, issue } = subject({ signingAlgorithm: 'SHA512WITHECDSA', validityDays: 30 })
    await issue()
    const [{ request = {} } = {}] = aws.privateCa.issued.values()
    expect(request).toEqual({
      CertificateAuthorityArn: testAuthority.authorityArn,
      Csr: Buffer.from(csr).toString('base64'),
      SigningAlgorithm: 'SHA512WITHECDSA',
      TemplateArn: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1',
      Validity: { Type: 'DAYS', Value: 30 },
      IdempotencyToken: expect.stringMatching(/^[0-9a-f]{36}$/u),
    })
  })

  test('comes from a template of the partition that its authority is in', async () => {
    const { aws, issue } = subject({ authorityArn: testAuthority.authorityArn.replace('aws', 'aws-us-gov') })
    await issue()
    const [{ request = {} } = {}] = aws.privateCa.issued.values()
    expect(request.TemplateArn).toMatch(/^arn:aws-us-gov:/u)
  })

  test('C7: is one for any number of repeats, and registered already at the second', async () => {
    const { aws, issue } = subject()
    const first = await issue()
    expect(await issue()).toEqual(first)
    expect(aws.privateCa.issued.size).toBe(1)
    expect(aws.iot.certificates.size).toBe(1)
    expect(aws.count('RegisterCertificateWithoutCA')).toBe(2)
  })

  test('is another one for another request, and for other settings', async () => {
    const { aws, issue } = subject()
    await issue()
    await issue('another-token')
    expect(new Set(tokensOf(aws)).size).toBe(2)
    const other = subject({ validityDays: 8 })
    await other.issue()
    expect(tokensOf(aws)).not.toContain(tokensOf(other.aws)[0])
  })

  test('C7: is waited for while it is in progress', async () => {
    const { aws, pauses, issue } = subject()
    aws.privateCa.inProgress = 3
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(pauses).toEqual([250, 500, 1_000, 1_000])
  })

  test('C7: that is not found yet after it was ordered is waited for, and busy at the end', async () => {
    const { aws, pauses, issue } = subject()
    aws.failNext('GetCertificate', 'before', thrown('ResourceNotFoundException'))
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(pauses).toEqual([250, 500])
    aws.failAlways('GetCertificate', thrown('ResourceNotFoundException'))
    expect(await issue()).toEqual({ kind: 'busy', problem: 'AWS Private CA: not issued within 10 s' })
    expect(aws.count('DescribeCertificateAuthority')).toBe(0)
    expect(aws.privateCa.issued.size).toBe(1)
  })

  test('C7: that failed for a moment is not ordered again', async () => {
    const { aws, issue } = subject()
    for (const _ of [1, 2]) aws.failNext('GetCertificate', 'before', thrown('RequestFailedException'))
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(aws.failuresFired).toBe(2)
    expect(aws.privateCa.issued.size).toBe(1)
  })

  test('C7: whose order has failed for good is ordered once more, and a repeat gets what that brought', async () => {
    const { aws, issue } = subject()
    aws.privateCa.failsForGood = arn => arn.endsWith('/0')
    const first = await issue()
    expect(first).toMatchObject({ kind: 'issued' })
    expect(await issue()).toEqual(first)
    expect(new Set(tokensOf(aws)).size).toBe(2)
    expect(aws.count('IssueCertificate')).toBe(4)
    expect(aws.iot.certificates.size).toBe(1)
  })

  test('C7: whose second order fails too is busy, and ordered no third time', async () => {
    const { aws, issue } = subject()
    aws.privateCa.failsForGood = () => true
    const busy = {
      kind: 'busy',
      problem: 'AWS Private CA: RequestFailedException for what was ordered, twice',
    }
    expect(await issue()).toEqual(busy)
    expect(await issue()).toEqual(busy)
    expect(aws.privateCa.issued.size).toBe(2)
  })

  test('C7: that takes too long is busy, and the repeat gets the same one', async () => {
    const { aws, pauses, issue } = subject()
    aws.privateCa.inProgress = 100
    expect(await issue()).toEqual({ kind: 'busy', problem: 'AWS Private CA: not issued within 10 s' })
    expect(pauses.reduce((sum, ms) => sum + ms)).toBeLessThan(mostWaitingMs + 1_000)
    expect(aws.iot.certificates.size).toBe(0)
    aws.privateCa.inProgress = 0
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(aws.privateCa.issued.size).toBe(1)
  })
})

const thrown = (name: string, status = 400) => new AwsFailure(status, name, 'why')

describe('an authority that does not issue', () => {
  test.each([
    ['IssueCertificate', thrown('ThrottlingException')],
    ['IssueCertificate', thrown('RequestFailedException')],
    ['GetCertificate', thrown('InternalFailure', 500)],
  ])('C7: %s is throttled or fails for now: %s', async (operation, failure) => {
    const { aws, issue } = subject()
    aws.failNext(operation, 'before', failure)
    expect(await issue()).toEqual({ kind: 'busy', problem: `AWS Private CA: ${failure.code}: why` })
    expect(aws.failuresFired).toBe(1)
    expect(aws.count('DescribeCertificateAuthority')).toBe(0)
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(aws.privateCa.issued.size).toBe(1)
  })

  test('is asked for its state, which tells what is to be done', async () => {
    const { aws, issue } = subject()
    aws.privateCa.description.Status = 'DISABLED'
    aws.failNext('IssueCertificate', 'before', thrown('InvalidStateException'))
    expect(await issue()).toEqual({
      kind: 'refused',
      code: 'ISSUER_NOT_ACTIVE',
      problem: 'the authority is DISABLED; AWS Private CA: InvalidStateException: why',
    })
  })

  test('may say of itself that it is short-lived, or that it has no certificate yet', async () => {
    const { aws, issue } = subject({ validityDays: 8 })
    aws.privateCa.description.UsageMode = 'SHORT_LIVED_CERTIFICATE'
    aws.failAlways('IssueCertificate', thrown('ValidationException'))
    expect(await issue()).toMatchObject({ code: 'ISSUER_VALIDITY_TOO_LONG' })
    aws.privateCa.description = {
      Status: 'PENDING_CERTIFICATE',
      CertificateAuthorityConfiguration: { KeyAlgorithm: 'EC_prime256v1' },
    }
    expect(await issue()).toMatchObject({ code: 'ISSUER_NOT_ACTIVE' })
  })

  test('is told to be gone where AWS knows none of its ARN', async () => {
    const { aws, issue } = subject()
    aws.failNext('IssueCertificate', 'before', thrown('InvalidArnException'))
    aws.failNext('DescribeCertificateAuthority', 'before', thrown('ResourceNotFoundException'))
    expect(await issue()).toEqual({
      kind: 'refused',
      code: 'ISSUER_NOT_ACTIVE',
      problem: 'the authority does not exist; AWS Private CA: InvalidArnException: why',
    })
  })

  test('that cannot be asked is told by the error alone', async () => {
    const { aws, issue } = subject()
    aws.failNext('IssueCertificate', 'before', thrown('LimitExceededException'))
    aws.failNext('DescribeCertificateAuthority', 'before', thrown('AccessDeniedException'))
    expect(await issue()).toEqual({
      kind: 'refused',
      code: 'ISSUER_REFUSED',
      problem: 'AWS Private CA: LimitExceededException: why',
    })
    expect(aws.failuresFired).toBe(2)
  })

  test('that answers no certificate is a fault to be read about', async () => {
    const { aws, issue } = subject()
    const operation = aws.privateCa.operations.find(({ name }) => name === 'GetCertificate')
    if (operation !== undefined) operation.perform = () => ({ status: 200, body: '{}' })
    expect(await issue()).toMatchObject({
      kind: 'refused',
      code: 'ISSUER_REFUSED',
      problem: expect.stringMatching(/certificate\/0 was answered without a certificate$/u),
    })
  })
})

describe('what is issued and cannot be registered', () => {
  test.each([
    [{ kind: 'busy' }, thrown('ThrottlingException', 429)],
    [{ kind: 'refused', code: 'ISSUER_REFUSED' }, thrown('CertificateValidationException')],
  ])('is %j: %s', async (expected, failure) => {
    const { aws, issue } = subject()
    aws.failNext('RegisterCertificateWithoutCA', 'before', failure)
    expect(await issue()).toEqual({
      ...expected,
      problem: `AWS IoT, which was to register what AWS Private CA issued: ${failure.code}: why`,
    })
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(aws.privateCa.issued.size).toBe(1)
  })
})

describe('issuing that takes its calls too long', () => {
  const late = {
    kind: 'busy',
    problem: 'AWS Private CA and AWS IoT: not done within 30 s',
  }

  test.each([
    ['is not fetched any more', 'IssueCertificate', 'GetCertificate'],
    ['is not registered any more', 'GetCertificate', 'RegisterCertificateWithoutCA'],
  ])('C7: %s, is busy, and its repeat gets the same one', async (_, slow, spared) => {
    const { aws, pass, issue } = subject()
    aws.afterCall = call => {
      if (call === slow) pass(mostIssuingMs)
    }
    expect(await issue()).toEqual(late)
    expect(aws.count(spared)).toBe(0)
    aws.afterCall = undefined
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(aws.privateCa.issued.size).toBe(1)
  })

  test('C7: is busy whatever went wrong then, and the authority is not asked why', async () => {
    const { aws, pass, issue } = subject()
    aws.afterCall = () => pass(mostIssuingMs)
    aws.failNext('IssueCertificate', 'after', thrown('InvalidArnException'))
    expect(await issue()).toEqual(late)
    expect(aws.failuresFired).toBe(1)
    expect(aws.count('DescribeCertificateAuthority')).toBe(0)
  })

  test('C7: is not ordered a second time, however often it failed', async () => {
    const { aws, pass, issue } = subject()
    aws.failAlways('GetCertificate', thrown('RequestFailedException'))
    aws.afterCall = call => {
      if (call === 'IssueCertificate') pass(mostIssuingMs - 1_500)
    }
    expect(await issue()).toEqual(late)
    expect(aws.count('GetCertificate')).toBe(3)
    expect(aws.privateCa.issued.size).toBe(1)
  })

  test('C7: and is ordered a second time just before its end is not waited for', async () => {
    const { aws, pass, issue } = subject()
    aws.privateCa.failsForGood = arn => arn.endsWith('/0')
    aws.afterCall = call => {
      if (call === 'IssueCertificate') pass(mostIssuingMs / 2)
    }
    expect(await issue()).toEqual(late)
    expect(aws.privateCa.issued.size).toBe(2)
    expect(aws.count('GetCertificate')).toBe(3)
    aws.afterCall = undefined
    expect(await issue()).toMatchObject({ kind: 'issued' })
    expect(aws.privateCa.issued.size).toBe(2)
  })
})
