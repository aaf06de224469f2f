import { describe, expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { issueCertificate } from '../testing/fake-certificates.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { deviceSubject, newKey, spki } from '../testing/fake-requests.ts'
import { type RegistrySubject, registryContract } from '../testing/registry-contract.ts'
import { certificateIdOf, thingName } from '../testing/test-ids.ts'
import { certificateArns } from './certificate-arns.ts'
import { iotRegistry } from './registry.ts'

const publicKey = spki(newKey())
const thing = thingName('dev1')

function subject(aws = new FakeAws()): RegistrySubject & { aws: FakeAws } {
  const policies = ['device', 'fleet', 'extra']
  const certificate = (of: string[] = []) =>
    aws.iot.addCertificate(issueCertificate(deviceSubject, publicKey).pem, of)
  const [exclusive, shared, free] = [certificate(policies), certificate(), certificate()]
  aws.iot.addThing(thing)
  aws.iot.attach(thing, exclusive)
  aws.iot.attach(thing, shared, false)
  const { iot, environment } = fakeClients(aws)
  const registry = iotRegistry(iot, certificateArns(environment.text('CERTIFICATE_ARN_PREFIX')))
  return { aws, registry, thing, exclusive, shared, free, unknown: certificateIdOf('unknown'), policies }
}

describe('the registry of AWS IoT', () => {
  registryContract(() => subject())

  test('C5: lists of more than one page are read to their end', async () => {
    const { aws, registry, exclusive, policies } = subject()
    aws.iot.pageSize = 1
    expect(await registry.listCertificates(thing)).toHaveLength(2)
    expect(await registry.listPolicies(exclusive)).toEqual(policies)
    expect(aws.count('ListThingPrincipalsV2')).toBe(2)
    expect(aws.count('ListAttachedPolicies')).toBe(3)
  })

  test('a principal that is no certificate of the account is passed over', async () => {
    const { aws, registry } = subject()
    aws.iot.attach(thing, 'cognito-identity')
    expect(await registry.listCertificates(thing)).toHaveLength(2)
  })

  test.each(['DescribeCertificate', 'DeleteCertificate', 'UpdateCertificate'])(
    'a %s that fails for another reason than absence throws',
    async operation => {
      const { aws, registry, exclusive } = subject()
      aws.failAlways(operation, new AwsFailure(400, 'ThrottlingException'))
      await expect(
        registry
          .readCertificate(exclusive)
          .then(() => registry.deactivate(exclusive))
          .then(() => registry.deleteCertificate(exclusive)),
      ).rejects.toMatchObject({ name: 'ThrottlingException' })
      expect(aws.failuresFired).toBe(1)
    },
  )
})
