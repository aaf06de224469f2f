import { expect, test } from 'vitest'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { fakeClients } from '../testing/fake-clients.ts'
import { newKey, requestFor } from '../testing/fake-requests.ts'
import { thingName } from '../testing/test-ids.ts'
import { awsIotIssuer } from './aws-iot-issuer.ts'

const csr = await requestFor(newKey())
const subject = (aws = new FakeAws()) => ({ aws, issuer: awsIotIssuer(fakeClients(aws).iot) })

test('what AWS IoT issues is active, and attached to nothing', async () => {
  const { aws, issuer } = subject()
  const issued = await issuer.issue({ thingName: thingName('dev1'), csr, token: 't' })
  const [[certificateId, certificate] = []] = aws.iot.certificates
  expect(issued).toEqual({ kind: 'issued', certificateId, certificatePem: certificate?.pem })
  expect(certificate).toMatchObject({ status: 'ACTIVE', policies: new Set() })
})

test.each([
  [
    new AwsFailure(429, 'ThrottlingException', 'slower'),
    { kind: 'busy', problem: 'AWS IoT: ThrottlingException: slower' },
  ],
  [
    new AwsFailure(400, 'InvalidRequestException', 'no'),
    { kind: 'refused', code: 'ISSUER_REFUSED', problem: 'AWS IoT: InvalidRequestException: no' },
  ],
])('AWS IoT does not issue, and why: %s', async (failure, issuing) => {
  const { aws, issuer } = subject()
  aws.failNext('CreateCertificateFromCsr', 'before', failure)
  expect(await issuer.issue({ thingName: thingName('dev1'), csr, token: 't' })).toEqual(issuing)
})
