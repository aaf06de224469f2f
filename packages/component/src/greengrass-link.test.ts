import { thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GreengrassLink } from './greengrass-link.ts'
import { filesHome } from './keys/key-home.ts'
import { Secret } from './secret.ts'
import { FakeNucleus, type FakeStream } from './testing/fake-nucleus.ts'
import { FakeTimers } from './testing/fake-timers.ts'

let nucleus: FakeNucleus
let timers: FakeTimers
let link: GreengrassLink
let told: string[]
let messages: string[][]
const streams = new Map<string, FakeStream>()
const good = { keyAlgorithm: 'RSA-3072', signingAlgorithm: 'SHA384WITHRSAANDMGF1' }

beforeEach(async () => {
  nucleus = new FakeNucleus()
  timers = new FakeTimers()
  told = []
  messages = []
  streams.clear()
  await nucleus.start()
  for (const operation of [
    'SubscribeToIoTCore',
    'SubscribeToValidateConfigurationUpdates',
    'SubscribeToComponentUpdates',
    'PublishToIoTCore',
    'SendConfigurationValidityReport',
    'DeferComponentUpdate',
  ]) {
    nucleus.operations.set(operation, (request, stream) => {
      const { topicName = '' } = request
      streams.set(`${operation}${JSON.stringify(topicName)}`, stream)
      return { kind: 'answer', body: {} }
    })
  }
  nucleus.operations.set('GetConfiguration', () => ({ kind: 'answer', body: { value: good } }))
  link = new GreengrassLink({
    environment: {
      thingName: v.parse(thingNameSchema, 'thing'),
      socketPath: nucleus.socketPath,
      authToken: new Secret(nucleus.token),
      workFolder: '/',
      root: '/',
    },
    topics: ['a', 'b'],
    home: filesHome('win32'),
    timers,
    random: () => 0,
    log: (_level, message) => void told.push(message),
    onMessage: (...message) => messages.push(message),
    onUp: () => told.push('UP'),
    onDown: isDeaf => told.push('DOWN', isDeaf ? 'DEAF' : 'OFFLINE'),
  })
})

afterEach(async () => {
  link.close()
  await nucleus.stop()
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

async function open(): Promise<void> {
  link.open()
  await until(() => told.includes('UP'))
}

const reportedOn = (deploymentId: string): unknown =>
  requests('SendConfigurationValidityReport').find(request =>
    JSON.stringify(request).includes(`"${deploymentId}"`),
  )

const requests = (operation: string): unknown[] =>
  nucleus.received
    .filter(({ headers }) => headers['operation'] === `aws.greengrass#${operation}`)
    .map(({ payload }) => JSON.parse(payload.toString()))

describe('the link to Greengrass', () => {
  test('subscribes to everything, hands messages on, and publishes', async () => {
    await open()
    streams.get('SubscribeToIoTCore"b"')?.send({ message: { topicName: 'b', payload: 'e30=' } })
    await link.publish('c', '{}', false)
    await until(() => messages.length > 0)
    expect(messages).toEqual([['b', '{}']])
    expect(requests('PublishToIoTCore')).toEqual([{ topicName: 'c', qos: '1', payload: 'e30=' }])
    await expect(link.configured()).resolves.toEqual(good)
  })

  test('D12: after a lost connection everything is subscribed again', async () => {
    await open()
    nucleus.dropConnections()
    await until(() => told.includes('DOWN'))
    told = []
    timers.advance(1000)
    await until(() => told.includes('UP'))
    expect(requests('SubscribeToIoTCore')).toEqual(
      ['a', 'b', 'a', 'b'].map(topicName => ({ topicName, qos: '1' })),
    )
  })

  test('Nucleus Lite, which does not know all operations, is lived with', async () => {
    nucleus.operations.delete('SubscribeToValidateConfigurationUpdates')
    nucleus.operations.delete('SubscribeToComponentUpdates')
    await open()
    expect(told.filter(line => line.includes('works without it'))).toHaveLength(2)
  })

  test('D12: a subscription that is not answered is begun again', async () => {
    nucleus.operations.set('SubscribeToComponentUpdates', () => ({ kind: 'silence' }))
    link.open()
    await until(() => nucleus.streams.length === 2)
    timers.advance(30_000)
    await until(() => told.includes('DOWN'))
    expect(told.join()).toContain('did not answer SubscribeToComponentUpdates')
  })

  const refuse = (code: string) => (): { kind: 'error'; body: string } => ({
    kind: 'error',
    body: JSON.stringify({ _errorCode: code, message: '' }),
  })

  test.each([
    ['refused for lack of an authorization', refuse('UnauthorizedError'), 'DEAF', 'accessControl'],
    ['refused, as Nucleus Lite does while it is offline', refuse('ServiceError'), 'OFFLINE', 'ServiceError'],
    ['not answered, as the nucleus does while it is offline', undefined, 'OFFLINE', 'did not answer'],
  ])('D12: the first topic is %s', async (_how, answer, expected, explained) => {
    nucleus.operations.set('SubscribeToIoTCore', answer ?? (() => ({ kind: 'silence' })))
    link.open()
    await until(() => requests('SubscribeToIoTCore').length === 1)
    if (answer === undefined) timers.advance(30_000)
    await until(() => told.includes('DOWN'))
    expect(told).toContain(expected)
    expect(told.join()).toContain(explained)
  })

  test('D12: a later topic that is refused, and a socket that drops, tell nothing of the connection', async () => {
    nucleus.operations.set('SubscribeToIoTCore', ({ topicName }) =>
      topicName === 'b' ? refuse('ServiceError')() : { kind: 'answer', body: {} },
    )
    link.open()
    await until(() => told.includes('DEAF'))
    nucleus.operations.set('SubscribeToIoTCore', () => ({ kind: 'silence' }))
    told = []
    timers.advance(1000)
    await until(() => requests('SubscribeToIoTCore').length === 3)
    nucleus.dropConnections()
    await until(() => told.includes('DOWN'))
    expect(told).toContain('DEAF')
  })

  test('D12: a fault of ours while subscribing is no sign of being offline', async () => {
    nucleus.operations.set('GetConfiguration', () => ({ kind: 'silence' }))
    link.open()
    await until(() => requests('GetConfiguration').length === 1)
    timers.advance(30_000)
    await until(() => told.includes('DOWN'))
    expect(told).toContain('DEAF')
  })

  test('the last known configuration serves while there is none to be read, and before the first one nothing does', async () => {
    await expect(link.configured()).resolves.toBeUndefined()
    await open()
    nucleus.operations.delete('GetConfiguration')
    await expect(link.configured()).resolves.toEqual(good)
  })

  test('a configuration that cannot be used is told at the start', async () => {
    nucleus.operations.set('GetConfiguration', () => ({
      kind: 'answer',
      body: { value: { ...good, keyAlgorithm: 'Foobar' } },
    }))
    await open()
    expect(told.join()).toMatch(/Foobar.*rotation jobs fail/u)
  })

  test('a proposed configuration is judged before it is deployed', async () => {
    await open()
    const propose = (deploymentId: string, configuration: object): void =>
      streams
        .get('SubscribeToValidateConfigurationUpdates""')
        ?.send({ validateConfigurationUpdateEvent: { deploymentId, configuration } })
    propose('good', good)
    propose('bad', { ...good, signingAlgorithm: 'Foobar' })
    propose('lacking', {})
    propose('unfitting', { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' })
    await until(() => requests('SendConfigurationValidityReport').length === 4)
    expect(['good', 'bad', 'lacking', 'unfitting'].map(reportedOn)).toMatchObject(
      [
        { status: 'ACCEPTED', deploymentId: 'good' },
        { status: 'REJECTED', message: expect.stringContaining('Foobar') },
        { status: 'ACCEPTED' },
        { status: 'REJECTED', message: expect.stringContaining('cannot be used on Windows') },
      ].map(configurationValidityReport => ({ configurationValidityReport })),
    )
  })

  test('component updates wait while a switch is under way; an answer that is refused is told', async () => {
    await open()
    const announce = (deploymentId: string): void =>
      streams.get('SubscribeToComponentUpdates""')?.send({ preUpdateEvent: { deploymentId } })
    announce('first')
    await until(() => requests('DeferComponentUpdate').length === 1)
    link.deferUpdates(true)
    nucleus.operations.delete('DeferComponentUpdate')
    announce('second')
    await until(() => told.some(line => line.includes('refused DeferComponentUpdate')))
    expect(requests('DeferComponentUpdate')).toEqual([
      { deploymentId: 'first', recheckAfterMs: 0 },
      { deploymentId: 'second', recheckAfterMs: 60_000 },
    ])
  })

  test('before it is opened, and after it is closed unopened, it says so', async () => {
    await expect(link.publish('a', '', false)).rejects.toMatchObject({ code: 'IPC_DISCONNECTED' })
  })
})
