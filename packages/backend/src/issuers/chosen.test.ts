import { describe, expect, test } from 'vitest'
import { environmentOf } from '../aws/environment.ts'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { testAuthority } from '../testing/fake-aws/private-ca.ts'
import { fakeClientSettings, fakeClients, testVariables } from '../testing/fake-clients.ts'
import { newKey, requestFor } from '../testing/fake-requests.ts'
import { thingName } from '../testing/test-ids.ts'
import { chooseIssuer } from './choose-issuer.ts'
import { chooseRevocation } from './choose-revocation.ts'

const times = { now: () => 0, pause: async () => {} }
const withAuthority = {
  ...testVariables,
  PCA_CA_ARN: testAuthority.authorityArn,
  PCA_REVOKE_ON_RETIREMENT: 'true',
}
const csr = await requestFor(newKey())

describe('what a deployment chooses', () => {
  test.each([
    ['AWS IoT', testVariables, 'CreateCertificateFromCsr'],
    ['AWS Private CA', withAuthority, 'IssueCertificate'],
  ])('issues by %s', async (_, variables, operation) => {
    const aws = new FakeAws()
    const settings = fakeClientSettings(aws)
    const issuer = await chooseIssuer(environmentOf(variables), fakeClients(aws).iot, times, settings)
    expect(await issuer.issue({ thingName: thingName('dev1'), csr, token: 't' })).toMatchObject({
      kind: 'issued',
    })
    expect(aws.calls[0]).toBe(operation)
  })

  test('revokes nothing, or what its authority has issued', async () => {
    expect(await chooseRevocation(environmentOf(testVariables))).toBeUndefined()
    const aws = new FakeAws()
    const settings = fakeClientSettings(aws)
    const issuer = await chooseIssuer(environmentOf(withAuthority), fakeClients(aws).iot, times, settings)
    const begin = await chooseRevocation(environmentOf(withAuthority), settings)
    const issued = await issuer.issue({ thingName: thingName('dev1'), csr, token: 't' })
    expect(issued.kind === 'issued' && (await begin?.()(issued.certificatePem))).toEqual({ kind: 'revoked' })
  })

  test('needs no settings of a test', async () => {
    const issuer = await chooseIssuer(environmentOf(withAuthority), fakeClients(new FakeAws()).iot, times)
    expect(issuer.repeatsForSeconds).toBeGreaterThan(300)
    expect(await chooseRevocation(environmentOf(withAuthority))).toBeTypeOf('function')
  })
})
