import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  DescribeJobTemplateCommand,
  GetPolicyCommand,
  IoTClient,
  ListTopicRulesCommand,
} from '@aws-sdk/client-iot'
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { type Cloud, startCloud } from './cloud.ts'
import { isJudged } from './iam/asked-rights/asked-rights.ts'
import { operatorKeys } from './iam/credentials.ts'
import { anything, enrol } from './testing/device-fleet.ts'
import { writeFixtureStack } from './testing/fixture-stack.ts'
import { temporaryFolder } from './testing/function-bundle.ts'

let folder: ReturnType<typeof temporaryFolder>
let cloud: Cloud
let device: MqttClient
let received: { topic: string; body: Record<string, unknown> }[]
let settings: {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}
let sqs: SQSClient
let cleanUp: (() => void)[] = []

beforeAll(async () => {
  folder = temporaryFolder()
  cloud = await startCloud({ directory: path.join(folder.path, 'cloud'), retryDelayScale: 0 })
  const credentials = operatorKeys
  settings = { endpoint: cloud.endpoints.http, region: 'us-east-1', credentials }
  sqs = new SQSClient(settings)
  await cloud.deploy(writeFixtureStack(folder.path))
  device = await connect()
  received = []
  device.on('message', (topic, payload) => received.push({ topic, body: JSON.parse(payload.toString()) }))
  await device.subscribeAsync(['reply/#', 'from-queue'], { qos: 1 })
}, 60_000)

afterAll(async () => {
  await device.endAsync(true)
  sqs.destroy()
  await cloud.stop()
  folder[Symbol.dispose]()
})

afterEach(() => {
  for (const undo of cleanUp.splice(0)) undo()
  received = []
})

async function connect(): Promise<MqttClient> {
  const { certificate, privateKeyPem } = enrol(cloud.services.registry, { policy: anything, now: Date.now() })
  return mqtt.connectAsync({
    protocol: 'mqtts',
    ...cloud.endpoints.mqtt,
    ca: readFileSync(cloud.rootCaPath),
    cert: certificate.certificatePem,
    key: privateKeyPem,
    clientId: 'device-1',
    reconnectPeriod: 0,
  })
}

const ask = (thing: string, message: object) =>
  device.publishAsync(`ask/${thing}`, JSON.stringify(message), { qos: 1 })
const repliesTo = (thing: string) =>
  received.filter(({ topic }) => topic === `reply/${thing}`).map(({ body }) => body)
const replies = (thing: string, count = 1) =>
  expect.poll(() => repliesTo(thing), { timeout: 10_000 }).toHaveLength(count)

async function failedEvent(): Promise<Record<string, unknown>> {
  const QueueUrl = `${cloud.endpoints.http}/123456789012/failed`
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, VisibilityTimeout: 600 }),
  )
  return JSON.parse(Messages?.[0]?.Body ?? '{}')
}

describe('a message of a device', () => {
  test('goes by the rule to the function, and its reply comes back', async () => {
    await ask('pump1', { jobId: 'j', thing: 'forged' })
    await replies('pump1')
    expect(repliesTo('pump1')).toEqual([{ jobId: 'j', thing: 'pump1', greeting: 'hello Create' }])
  })

  test('that the function fails on is tried again, and ends in the queue of failed events', async () => {
    await ask('pump2', { fail: true })
    expect(await failedEvent()).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { fail: true, thing: 'pump2' },
      responsePayload: { errorMessage: 'asked to fail' },
    })
  })

  test('of a rule that has no permission to invoke goes to its error action', async () => {
    await device.publishAsync('forbidden/x', '{"a":1}', { qos: 1 })
    expect(await failedEvent()).toMatchObject({
      ruleName: 'Forbidden',
      topic: 'forbidden/x',
      clientId: 'device-1',
      base64OriginalPayload: 'eyJhIjoxfQ==',
      failures: [{ failedAction: 'LambdaAction', errorMessage: expect.stringContaining('not authorized') }],
    })
  })
})

describe('a fault', () => {
  test.each([
    ['before', 1],
    ['after', 2],
  ] as const)(
    'kills the function %s its call takes effect, and the event is tried again',
    async (when, published) => {
      const thing = `killed-${when}`
      const fault = cloud.killAtCall({
        functionName: 'echo',
        callNumber: 1,
        when,
        matches: call => call.name === 'Publish',
      })
      cleanUp.push(() => fault.disarm())
      await ask(thing, {})
      expect((await fault.fired).name).toBe('Publish')
      await cloud.services.functions.settled()
      await replies(thing, published)
    },
  )

  test('invokes twice at the same moment', async () => {
    let fired = 0
    cleanUp.push(
      cloud.services.functions.interfere(({ functionName }) => {
        if (functionName !== 'echo' || fired > 0) return undefined
        fired += 1
        return { kind: 'twice' }
      }),
    )
    await ask('twin', {})
    await replies('twin', 2)
    expect(fired).toBe(1)
  })

  test('refuses an invocation, which is tried again, and delays one', async () => {
    const faults = [{ kind: 'refuse' }, { kind: 'delay', ms: 20 }] as const
    let fired = 0
    cleanUp.push(cloud.services.functions.interfere(() => faults[fired++]))
    await ask('late', {})
    await replies('late')
    expect(fired).toBe(2)
  })
})

describe('the queue', () => {
  test('feeds its function, and keeps what failed', async () => {
    const QueueUrl = `${cloud.endpoints.http}/123456789012/work`
    for (const MessageBody of ['bad', '"good"'])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
    await expect.poll(() => received.map(({ body }) => body), { timeout: 10_000 }).toEqual(['good'])
    const queue = cloud.services.queues.find('work')
    await expect
      .poll(() => queue?.count(), { timeout: 5_000 })
      .toEqual({ visible: 0, inFlight: 1, delayed: 0 })
  })

  test('is subscribed to the topic', async () => {
    const seen: string[] = []
    cleanUp.push(cloud.observe(event => event.kind === 'notification' && seen.push(event.message.message)))
    const sns = new SNSClient(settings)
    await sns.send(
      new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:told', Message: '"news"' }),
    )
    sns.destroy()
    await expect.poll(() => received.map(({ body }) => body), { timeout: 10_000 }).toEqual(['news'])
    expect(seen).toEqual(['"news"'])
  })
})

describe('the API', () => {
  test('shows what the template made', async () => {
    const iot = new IoTClient(settings)
    expect((await iot.send(new ListTopicRulesCommand({}))).rules?.map(({ ruleName }) => ruleName)).toEqual([
      'Allowed',
      'Forbidden',
    ])
    expect(await iot.send(new DescribeJobTemplateCommand({ jobTemplateId: 'Template' }))).toMatchObject({
      document: '{"operation":"X"}',
      timeoutConfig: { inProgressTimeoutInMinutes: 5 },
      jobExecutionsRolloutConfig: {
        maximumPerMinute: 100,
        exponentialRate: { baseRatePerMinute: 50, incrementFactor: 1.2 },
      },
    })
    expect((await iot.send(new GetPolicyCommand({ policyName: 'device' }))).policyDocument).toContain('iot:*')
    iot.destroy()
  })

  async function invoke(Payload: string, more: Partial<InvokeCommandInput> = {}) {
    const lambda = new LambdaClient(settings)
    cleanUp.push(() => lambda.destroy())
    return lambda.send(new InvokeCommand({ FunctionName: 'echo', Payload, ...more }))
  }

  test('invokes a function and tells its error', async () => {
    const { FunctionError, Payload } = await invoke('{"fail":true}')
    expect(FunctionError).toBe('Unhandled')
    expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toMatchObject({
      errorType: 'Error',
      errorMessage: 'asked to fail',
    })
  })

  test('queues an asynchronous invocation', async () => {
    expect((await invoke('{"thing":"by-hand"}', { InvocationType: 'Event' })).StatusCode).toBe(202)
    await replies('by-hand')
  })

  test('refuses an event that is no JSON, and a function that does not exist', async () => {
    await expect(invoke('{')).rejects.toThrow('Could not parse request body into json')
    await expect(invoke('{}', { FunctionName: 'none' })).rejects.toThrow('Function not found: none')
  })
})

describe('deploying again', () => {
  const deployed = async (change?: Parameters<typeof writeFixtureStack>[1]) => {
    const events: string[] = []
    const stack = await cloud.deploy(writeFixtureStack(folder.path, change), {
      progress: ({ action, logicalId }) => action !== 'keep' && events.push(`${action} ${logicalId}`),
    })
    return { stack, events }
  }

  test('the same template changes nothing', async () => {
    expect((await deployed()).events).toEqual([])
  })

  test('a changed one changes what has changed, and what depends on it', async () => {
    const { stack, events } = await deployed(resources => {
      Object.assign(resources['Custom']?.Properties ?? {}, { Prefix: 'good day' })
      delete resources['EveryMinute']
      delete resources['Template']
      const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
      Object.assign(resources['DevicePolicy']?.Properties ?? {}, {
        PolicyDocument: { Version: '2012-10-17', Statement: [everything] },
      })
    })
    expect(events).toEqual([
      'update Custom',
      'update Echo',
      'update DevicePolicy',
      'delete EveryMinute',
      'delete Template',
    ])
    expect(stack.outputs).toEqual({
      Greeting: 'good day Update',
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:told',
    })
    await ask('pump1', {})
    await replies('pump1')
    expect(repliesTo('pump1')).toMatchObject([{ greeting: 'good day Update' }])
    const iot = new IoTClient(settings)
    const { policyDocument } = await iot.send(new GetPolicyCommand({ policyName: 'device' }))
    expect(policyDocument).toContain('"Action":"*"')
    const gone = iot.send(new DescribeJobTemplateCommand({ jobTemplateId: 'Template' }))
    await expect(gone).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await deployed(resources => delete resources['DevicePolicy'])
    const removed = iot.send(new GetPolicyCommand({ policyName: 'device' }))
    await expect(removed).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    iot.destroy()
  })

  test.each(['Echo', 'Allowed', 'Work', 'Topic', 'Log'])(
    'a second resource with the name of %s is refused',
    async id => {
      const failing = deployed(resources => Object.assign(resources, { Second: resources[id] }))
      await expect(failing).rejects.toThrow(
        /Resource Second .* could not be made: AlreadyExistsException: \S+ already exists/,
      )
    },
  )

  test('a custom resource that fails fails the deployment with its reason', async () => {
    const failing = deployed(resources => Object.assign(resources['Custom']?.Properties ?? {}, { Bad: true }))
    await expect(failing).rejects.toThrow(
      'Resource Custom (Custom::Greeting) could not be made: ValidationError: told to',
    )
  })
})

test('what a function writes stands in its log', () => {
  expect(readFileSync(path.join(folder.path, 'cloud', 'logs', 'echo.log'), 'utf8')).toContain('asked to fail')
})

test('stopping leaves no process and no port', async () => {
  const directory = path.join(folder.path, 'second')
  const second = await startCloud({ directory })
  const pids: string[] = []
  second.observe(event => event.kind === 'function-log' && pids.push(event.line))
  await second.deploy(
    writeFixtureStack(folder.path, resources => {
      Object.assign(resources['Echo']?.Properties ?? {}, {
        Code: {
          ZipFile:
            'exports.handler = () => { console.log("pid " + process.pid); return new Promise(() => {}) }',
        },
        Timeout: 900,
      })
    }),
  )
  second.services.functions.invokeLater('echo', Buffer.from('{}'))
  await expect.poll(() => pids.find(line => line.startsWith('pid ')), { timeout: 10_000 }).toBeDefined()
  const pid = pids.find(line => line.startsWith('pid '))?.slice(4)
  await second.stop()
  expect(existsSync(`/proc/${pid}`)).toBe(false)
  await expect(fetch(second.endpoints.http)).rejects.toThrow()
})

test('a port that is taken is told, and nothing is left open', async () => {
  const port = Number(new URL(cloud.endpoints.http).port)
  await expect(
    startCloud({ directory: folder.path, ports: { http: port }, clock: systemClock }),
  ).rejects.toThrow(/is already in use/)
})

test('what a role needs is known of every operation', () => {
  const { operations, actions } = cloud.services
  const signed = operations.filter(({ isAnonymous }) => isAnonymous !== true)
  const unknown = [...signed, ...actions].filter(operation => !isJudged(operation))
  expect(unknown.map(({ service, name }) => `${service}:${name} is missing in iam/asked-rights`)).toEqual([])
})
