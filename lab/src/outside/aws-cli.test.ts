import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  jobDocumentText,
  jobTemplateId,
  recordShadowName,
  resourceWords,
  stackName,
} from '@rotator/protocol/names'
import { inUse } from '../operator/proof.ts'
import { until } from '../whole/rotation.ts'
import { accountId, region } from '../world/lab.ts'
import { test } from './outside-test.ts'

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`

test('aws cli: describes the job template of the deployed backend', async ({ aws, expect }) => {
  expect(await aws('iot', 'describe-job-template', { '--job-template-id': jobTemplateId })).toMatchObject({
    jobTemplateArn: arn('iot', `jobtemplate/${jobTemplateId}`),
    document: jobDocumentText,
    jobExecutionsRolloutConfig: { maximumPerMinute: expect.any(Number) },
    timeoutConfig: { inProgressTimeoutInMinutes: expect.any(Number) },
  })
})

test('aws cli: describe-endpoint names where devices connect', async ({ aws, expect }) => {
  expect(await aws('iot', 'describe-endpoint', { '--endpoint-type': 'iot:Data-ATS' })).toEqual({
    endpointAddress: expect.stringMatching(/^localhost:\d+$/),
  })
})

test('aws cli: creates a job from the template and watches it to SUCCEEDED', async ({ rotated, expect }) => {
  const { device, jobId, created, statuses, execution } = rotated
  expect(created).toMatchObject({ jobId, jobArn: arn('iot', `job/${jobId}`) })
  expect(['QUEUED', 'IN_PROGRESS']).toContain(statuses[0])
  expect(statuses.at(-1)).toBe('SUCCEEDED')
  expect(execution).toMatchObject({
    jobId,
    status: 'SUCCEEDED',
    thingArn: arn('iot', `thing/${device.thingName}`),
    executionNumber: 1,
    statusDetails: { detailsMap: { CertificateRotator: expect.any(String) } },
  })
})

test('aws cli: lists the executions of the job, one of them, SUCCEEDED', async ({ rotated, expect }) => {
  const { aws, device, jobId } = rotated
  expect(await aws('iot', 'list-job-executions-for-job', { '--job-id': jobId })).toEqual({
    executionSummaries: [
      {
        thingArn: arn('iot', `thing/${device.thingName}`),
        jobExecutionSummary: {
          status: 'SUCCEEDED',
          queuedAt: expect.any(String),
          startedAt: expect.any(String),
          lastUpdatedAt: expect.any(String),
          executionNumber: 1,
          retryAttempt: 0,
        },
      },
    ],
  })
})

test('aws cli: describe-job sees the job COMPLETED with one success', async ({ rotated, expect }) => {
  expect(await rotated.aws('iot', 'describe-job', { '--job-id': rotated.jobId })).toMatchObject({
    job: {
      status: 'COMPLETED',
      targetSelection: 'SNAPSHOT',
      jobProcessDetails: { numberOfSucceededThings: 1, numberOfFailedThings: 0, numberOfQueuedThings: 0 },
    },
  })
})

test('aws cli: describe-certificate no longer finds OLD', async ({ rotated, expect }) => {
  const { aws, device } = rotated
  const { certificateId } = device.old
  const failure = await until(
    'the deletion of OLD',
    () => aws.failure('iot', 'describe-certificate', { '--certificate-id': certificateId }).catch(String),
    text => text.startsWith('An error occurred'),
  )
  expect(failure).toMatch(
    /^An error occurred \(ResourceNotFoundException\) when calling the DescribeCertificate operation: /,
  )
  expect(failure).toContain(certificateId)
})

test('aws cli: NEW, which the device is configured with, is ACTIVE and alone attached', async ({
  rotated,
  expect,
}) => {
  const { aws, device } = rotated
  const certificateId = inUse(device)
  expect(certificateId).not.toBe(device.old.certificateId)
  expect(await aws('iot', 'describe-certificate', { '--certificate-id': certificateId })).toMatchObject({
    certificateDescription: { certificateId, status: 'ACTIVE' },
  })
  expect(await aws('iot', 'list-thing-principals', { '--thing-name': device.thingName })).toEqual({
    principals: [arn('iot', `cert/${certificateId}`)],
  })
})

test('aws cli: get-thing-shadow shows the record of the rotation, settled for NEW', async ({
  rotated,
  world,
  expect,
}) => {
  const { aws, device } = rotated
  const file = join(world.folder, 'record.json')
  const ofRecord = { '--thing-name': device.thingName, '--shadow-name': recordShadowName } as const
  const read = async () => {
    await aws('iot-data', 'get-thing-shadow', ofRecord, file)
    return JSON.parse(readFileSync(file, 'utf8')) as Shadow
  }
  const shadow = await until(
    'a settled record',
    read,
    ({ state }) => state.reported['progress'] === 'settled',
  )
  expect(shadow).toMatchObject({
    version: expect.any(Number),
    timestamp: expect.any(Number),
    state: {
      reported: { oldCertificateId: expect.stringContaining(device.old.certificateId) },
    },
  })
  const certificateId = inUse(device)
  expect(shadow.state.reported['newCertificateId']).toBe(certificateId)
})

interface Shadow {
  state: { reported: Record<string, unknown> }
}

test('aws cli: sns list-topics shows the topic that operators subscribe to', async ({ aws, expect }) => {
  expect(await aws('sns', 'list-topics')).toEqual({
    Topics: expect.arrayContaining([{ TopicArn: arn('sns', `${stackName}${resourceWords.notification}`) }]),
  })
})

test('aws cli: sqs get-queue-attributes shows the retire queue, and it drains', async ({
  rotated,
  expect,
}) => {
  const { aws } = rotated
  const queueName = `${stackName}${resourceWords.retire}`
  const { QueueUrl } = (await aws('sqs', 'get-queue-url', { '--queue-name': queueName })) as {
    QueueUrl: string
  }
  const attributes = await until(
    'an empty queue',
    () => aws('sqs', 'get-queue-attributes', { '--queue-url': QueueUrl, '--attribute-names': 'All' }),
    answer => JSON.stringify(answer).includes('"ApproximateNumberOfMessagesNotVisible":"0"'),
  )
  expect(attributes).toMatchObject({
    Attributes: {
      QueueArn: arn('sqs', queueName),
      ApproximateNumberOfMessages: '0',
      RedrivePolicy: expect.stringContaining(`${queueName}Failed`),
    },
  })
})

test.for([
  [
    'iot',
    'describe-thing',
    { '--thing-name': 'nobody' },
    'DescribeThing',
    'ResourceNotFoundException',
    'nobody',
  ],
  ['iot', 'describe-job', { '--job-id': 'nothing' }, 'DescribeJob', 'ResourceNotFoundException', 'nothing'],
  [
    'iot',
    'create-job',
    { '--job-id': 'x', '--targets': arn('iot', 'thing/nobody'), '--document': '{}' },
    'CreateJob',
    'ResourceNotFoundException',
    'nobody',
  ],
  ['iot', 'create-thing', { '--thing-name': 'a b' }, 'CreateThing', 'InvalidRequestException', ''],
  [
    'iot-data',
    'publish',
    { '--topic': '$aws/things/x/jobs/get', '--qos': 2 },
    'Publish',
    'InvalidRequestException',
    '',
  ],
  [
    'sqs',
    'get-queue-url',
    { '--queue-name': 'none' },
    'GetQueueUrl',
    'AWS.SimpleQueueService.NonExistentQueue',
    '',
  ],
] as const)(
  'aws cli: %s %s of what is not there or not right fails as on AWS',
  async (row, { aws, expect }) => {
    const [service, command, options, operation, code, named] = row
    const text = await aws.failure(service, command, options)
    expect(text).toContain(`An error occurred (${code}) when calling the ${operation} operation: `)
    expect(text).toContain(named)
  },
)

test('aws cli: an operation that the local cloud does not have fails, and never seems to succeed', async ({
  aws,
  expect,
}) => {
  const text = await aws.failure('iot', 'list-billing-groups')
  expect(text).toBe(
    'An error occurred (UnknownOperationException) when calling the ListBillingGroups operation: No operation for GET /billing-groups',
  )
})
