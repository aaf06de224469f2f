import { IoTClient, ListThingsCommand } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi } from '../api/api.ts'
import { listenHttp } from '../api/http-listener.ts'
import type { Listener } from '../api/listen.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { authentication } from './authentication.ts'
import { CredentialStore, operatorKeys } from './credentials.ts'

const session = { roleArn: 'arn:aws:iam::123456789012:role/r', sessionName: 'f' }
const clock = new ManualClock(Date.now())
let made = 0
const credentials = new CredentialStore(clock, length => String(++made).padStart(length, 'A'))
const api = createApi({
  newId: () => 'id',
  authenticate: authentication({ credentials, clock }),
  operations: [
    { service: 'iot', name: 'ListThings', method: 'GET', path: '/things', handle: () => ({ things: [] }) },
    { service: 'iotdata', name: 'Publish', method: 'POST', path: '/topics/{topic+}', handle: () => ({}) },
    { service: 's3', name: 'Link', method: 'GET', path: '/link', isAnonymous: true, handle: () => ({}) },
  ],
  actions: [
    { service: 'sns', name: 'ListTopics', handle: () => ({ Topics: [] }) },
    { service: 'sqs', name: 'ListQueues', handle: () => ({}) },
  ],
})
let listener: Listener
let endpoint: string

beforeAll(async () => {
  listener = await listenHttp(api, 0)
  endpoint = `http://127.0.0.1:${listener.port}`
})
afterAll(() => listener.stop())

interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

const settings = (keys: Keys) => ({ endpoint, region: 'us-east-1', credentials: keys, maxAttempts: 1 })

async function listThings(keys: Keys, change: (headers: Record<string, string>) => void = () => {}) {
  const iot = new IoTClient(settings(keys))
  iot.middlewareStack.add(
    next => async args => {
      change((args.request as { headers: Record<string, string> }).headers)
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
  )
  try {
    return await iot.send(new ListThingsCommand({ attributeName: 'a b', attributeValue: 'ä/+&=' }))
  } finally {
    iot.destroy()
  }
}

const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(session)
const temporary = { accessKeyId, secretAccessKey, sessionToken }

describe('a call is taken', () => {
  test.each([
    ['the operator', operatorKeys],
    ['the holder of temporary keys', temporary],
  ])('that %s has signed, whatever stands in its query', async (_, keys) => {
    expect(await listThings(keys)).toMatchObject({ things: [] })
  })

  test('that is signed for a path with slashes and other signs, with a body', async () => {
    const data = new IoTDataPlaneClient(settings(operatorKeys))
    const publish = data.send(
      new PublishCommand({ topic: "$aws/things/a b:c'(d)*/ü", payload: Buffer.from([0, 255, 1]) }),
    )
    await expect(publish).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } })
    data.destroy()
  })

  test('without a signature where its address is all that it takes', async () => {
    expect((await fetch(`${endpoint}/link`)).status).toBe(200)
  })
})

describe('a call is refused', () => {
  const otherSecret = { ...operatorKeys, secretAccessKey: 'guessed' }
  const stranger = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }
  const different = 'InvalidSignatureException'

  test.each<[string, string, Keys, ((headers: Record<string, string>) => void)?]>([
    ['with another secret', different, otherSecret],
    ['with a key that nobody holds', 'UnrecognizedClientException', stranger],
    [
      'with temporary keys of another token',
      'UnrecognizedClientException',
      { ...temporary, sessionToken: 'x' },
    ],
    [
      'with temporary keys without their token',
      'UnrecognizedClientException',
      { accessKeyId, secretAccessKey },
    ],
    ['with a header changed', different, operatorKeys, headers => (headers['x-amz-user-agent'] = 'other')],
    [
      'with an x-amz header added',
      'IncompleteSignatureException',
      operatorKeys,
      headers => (headers['x-amz-meta'] = 'x'),
    ],
    [
      'with the date of the key changed',
      different,
      operatorKeys,
      headers =>
        (headers['authorization'] = String(headers['authorization']).replace(/\/\d{8}\//, '/20200101/')),
    ],
    [
      'for another service',
      'UnknownOperationException',
      operatorKeys,
      headers => (headers['authorization'] = String(headers['authorization']).replace('/iot/', '/sns/')),
    ],
    [
      'without its signature',
      'MissingAuthenticationTokenException',
      operatorKeys,
      headers => delete headers['authorization'],
    ],
  ])('%s: %s', async (_, name, keys, change) => {
    await expect(listThings(keys, change)).rejects.toThrow(expect.objectContaining({ name }))
  })

  test('with another body than the signed one, whatever its hash says', async () => {
    const data = new IoTDataPlaneClient(settings(operatorKeys))
    data.middlewareStack.add(
      next => async args => {
        Object.assign(args.request as object, { body: Buffer.from('other') })
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    )
    await expect(
      data.send(new PublishCommand({ topic: 't', payload: Buffer.from('first') })),
    ).rejects.toThrow(expect.objectContaining({ name: different }))
    data.destroy()
  })

  test.each([
    [
      'expired',
      -301_000,
      /^Signature not yet current: \d+T\d+Z is still later than \d+T\d+Z \(\d+T\d+Z \+ 5 min.\)$/,
    ],
    [
      'not yet current',
      301_000,
      /^Signature expired: \d+T\d+Z is now earlier than \d+T\d+Z \(\d+T\d+Z - 5 min.\)$/,
    ],
  ])('whose clock differs by more than five minutes: %s', async (_, ms, message) => {
    clock.advance(ms)
    try {
      await expect(listThings(operatorKeys)).rejects.toThrow(message)
    } finally {
      clock.advance(-ms)
    }
  })

  test('with keys that are no longer valid', async () => {
    const thirteenHoursMs = 13 * 3_600_000
    const keys = credentials.issue(session)
    clock.advance(thirteenHoursMs)
    const sqs = new SQSClient({ ...settings(keys), systemClockOffset: thirteenHoursMs })
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toThrow(
      expect.objectContaining({ name: 'ExpiredToken' }),
    )
    sqs.destroy()
    clock.advance(-thirteenHoursMs)
  })

  test('in the words of the query protocol by SNS', async () => {
    for (const [keys, name] of [
      [otherSecret, 'SignatureDoesNotMatch'],
      [stranger, 'InvalidClientTokenId'],
    ] as const) {
      const sns = new SNSClient(settings(keys))
      await expect(sns.send(new ListTopicsCommand({}))).rejects.toThrow(expect.objectContaining({ name }))
      sns.destroy()
    }
  })
})
