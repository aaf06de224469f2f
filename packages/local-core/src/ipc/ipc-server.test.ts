import { once } from 'node:events'
import { connect } from 'node:net'
import sdk from 'aws-iot-device-sdk-v2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fixtureComponent } from '../testing/core-process.ts'
import { fixtureToken, type IpcFixture, ipcFixture } from '../testing/ipc-fixture.ts'
import { decodeFrame, encodeFrame } from './event-stream.ts'
import { createFrameReader } from './frame-reader.ts'
import { messageTypes, type RpcMessage, readRpcMessage, toEventStream } from './rpc-message.ts'

const { QOS, ConfigurationValidityStatus, ReportedLifecycleState } = sdk.greengrasscoreipc.model

let fixture: IpcFixture

beforeEach(async () => {
  fixture = await ipcFixture()
})

afterEach(() => fixture.close())

/** The service model's error of a call that must fail. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  return error instanceof Error && 'serviceError' in error ? error.serviceError : error
}

const next = <T>(source: { once: (event: 'message', listener: (message: T) => void) => unknown }) =>
  new Promise<T>(resolve => {
    source.once('message', resolve)
  })

describe('the official client', () => {
  test('reads its whole configuration, a map, and a leaf under its own name', async () => {
    const client = await fixture.connect()
    const all = await client.getConfiguration({ keyPath: [] })
    expect(all).toMatchObject({ componentName: fixtureComponent, value: { keyAlgorithm: 'RSA-2048' } })
    expect((await client.getConfiguration({ keyPath: ['nested', 'depth'] })).value).toEqual({ value: 1 })
    expect((await client.getConfiguration({ keyPath: ['KEYALGORITHM'] })).value).toEqual({
      keyAlgorithm: 'RSA-2048',
    })
    const other = await client.getConfiguration({ componentName: 'other.Component', keyPath: [] })
    expect(other.value).toEqual({ library: '/lib/token.so' })
  })

  test('is told that a missing key, a missing component and `system` are not there', async () => {
    const client = await fixture.connect()
    for (const request of [
      { keyPath: ['absent'] },
      { componentName: 'no.such', keyPath: [] },
      { componentName: 'system', keyPath: [] },
    ]) {
      expect(await errorOf(client.getConfiguration(request))).toMatchObject({ message: 'Key not found' })
    }
  })

  test('publishes what the policy allows, and nothing else', async () => {
    const client = await fixture.connect()
    await client.publishToIoTCore({
      topicName: 'open/x',
      qos: QOS.AT_LEAST_ONCE,
      payload: Buffer.from('hello'),
    })
    expect(fixture.mqtt.published).toMatchObject([{ topic: 'open/x', qos: 1 }])
    expect(Buffer.from(fixture.mqtt.published[0]?.payload ?? []).toString()).toBe('hello')
    const forbidden = client.publishToIoTCore({ topicName: 'closed/x', qos: QOS.AT_MOST_ONCE, payload: '' })
    expect(await errorOf(forbidden)).toMatchObject({ message: 'Not Authorized' })
  })

  test('gets a ServiceError for a message that cannot be spooled', async () => {
    const client = await fixture.connect()
    const call = client.publishToIoTCore({ topicName: 'open/offline', qos: QOS.AT_MOST_ONCE, payload: 'x' })
    expect(await errorOf(call)).toMatchObject({
      message: 'Publish to topic open/offline failed: Device is offline. Dropping QoS 0 message.',
    })
  })

  test('receives messages after its subscription was granted, and none before', async () => {
    fixture.mqtt.autoGrant = false
    const client = await fixture.connect()
    const stream = client.subscribeToIoTCore({ topicName: 'open/+/x', qos: QOS.AT_LEAST_ONCE })
    const activated = stream.activate()
    await expect.poll(() => fixture.mqtt.filters()).toEqual(['open/+/x'])
    expect(fixture.mqtt.deliver('open/1/x', 'too early')).toBe(1)
    fixture.mqtt.answer()
    await activated
    const message = next(stream)
    expect(fixture.mqtt.deliver('open/2/x', 'in time')).toBe(1)
    expect((await message).message).toMatchObject({ topicName: 'open/2/x', payload: Buffer.from('in time') })
    await stream.close()
    await expect.poll(() => fixture.mqtt.filters()).toEqual([])
  })

  test('is told why a subscription was refused', async () => {
    fixture.mqtt.autoGrant = false
    const client = await fixture.connect()
    const stream = client.subscribeToIoTCore({ topicName: 'open/#', qos: QOS.AT_LEAST_ONCE })
    const refused = errorOf(stream.activate())
    await expect.poll(() => fixture.mqtt.filters()).toEqual(['open/#'])
    fixture.mqtt.answer('NOT_AUTHORIZED')
    expect(await refused).toMatchObject({
      message: 'Subscribe to topic open/# failed with error NOT_AUTHORIZED',
    })
    const closed = client.subscribeToIoTCore({ topicName: 'closed/#', qos: QOS.AT_LEAST_ONCE })
    expect(await errorOf(closed.activate())).toMatchObject({ message: 'Not Authorized' })
  })

  test('updates its own configuration, and hears of the change', async () => {
    const client = await fixture.connect()
    const stream = client.subscribeToConfigurationUpdate({ keyPath: ['nested'] })
    await stream.activate()
    const event = next(stream)
    const timestamp = new Date(fixture.clock.now() + 1000)
    await client.updateConfiguration({ keyPath: ['nested', 'depth'], timestamp, valueToMerge: { value: 2 } })
    expect((await event).configurationUpdateEvent).toEqual({
      componentName: fixtureComponent,
      keyPath: ['nested', 'depth', 'value'],
    })
    expect((await client.getConfiguration({ keyPath: ['nested'] })).value).toEqual({ depth: { value: 2 } })
  })

  test('cannot update with an older timestamp, nor its access control', async () => {
    const client = await fixture.connect()
    const old = client.updateConfiguration({ timestamp: new Date(1000), valueToMerge: { keyAlgorithm: 'x' } })
    expect(await errorOf(old)).toMatchObject({ message: expect.stringContaining('timestamp is older') })
    const access = client.updateConfiguration({
      timestamp: new Date(fixture.clock.now()),
      valueToMerge: { accessControl: {} },
    })
    expect(await errorOf(access)).toMatchObject({ message: expect.stringContaining('[accessControl]') })
    expect(fixture.config.tree.get(['services', fixtureComponent, 'configuration', 'keyAlgorithm'])).toBe(
      'RSA-2048',
    )
  })

  test('validates a proposed configuration; a report that nobody waits for is refused', async () => {
    const client = await fixture.connect()
    const stream = client.subscribeToValidateConfigurationUpdates({})
    await stream.activate()
    const event = next(stream)
    const asking = fixture.validators.ask(fixtureComponent, { configuration: { a: 1 }, deploymentId: 'd-1' })
    expect((await event).validateConfigurationUpdateEvent).toEqual({
      configuration: { a: 1 },
      deploymentId: 'd-1',
    })
    const report = {
      configurationValidityReport: {
        status: ConfigurationValidityStatus.REJECTED,
        deploymentId: 'd-1',
        message: 'no such algorithm',
      },
    }
    await client.sendConfigurationValidityReport(report)
    expect(await asking?.report).toEqual({ accepted: false, message: 'no such algorithm' })
    expect(await errorOf(client.sendConfigurationValidityReport(report))).toMatchObject({
      message: 'Validation request either timed out or was never made',
    })
  })

  test('defers an update, then lets it go', async () => {
    const client = await fixture.connect()
    const stream = client.subscribeToComponentUpdates({})
    await stream.activate()
    const asked = next(stream)
    let agreed = false
    const options = { isGgcRestarting: false, timeoutMs: 60_000 }
    const agreement = fixture.updates.untilAgreed('d-2', options).then(() => {
      agreed = true
      return undefined
    })
    expect((await asked).preUpdateEvent).toEqual({ deploymentId: 'd-2', isGgcRestarting: false })
    await client.deferComponentUpdate({ deploymentId: 'd-2', recheckAfterMs: 5000 })
    const askedAgain = next(stream)
    await fixture.clock.advance(5000)
    await askedAgain
    expect(agreed).toBe(false)
    await client.deferComponentUpdate({ deploymentId: 'd-2', recheckAfterMs: 0 })
    await agreement
    const late = client.deferComponentUpdate({ deploymentId: 'd-2', recheckAfterMs: 5000 })
    expect(await errorOf(late)).toMatchObject({
      message: 'Time limit to respond to PreComponentUpdateEvent exceeded',
    })
    const done = next(stream)
    fixture.updates.tellDone('d-2')
    expect((await done).postUpdateEvent).toEqual({ deploymentId: 'd-2' })
  })

  test('reports its state', async () => {
    const client = await fixture.connect()
    await client.updateState({ state: ReportedLifecycleState.RUNNING })
    expect(fixture.reports).toEqual([`${fixtureComponent} RUNNING`])
  })

  test('may validate tokens only as the stream manager', async () => {
    const client = await fixture.connect()
    expect(await errorOf(client.validateAuthorizationToken({ token: fixtureToken }))).toMatchObject({
      message: expect.stringContaining('is not authorized to perform'),
    })
    const manager = await fixture.connect('STREAMMANAGER')
    expect(await manager.validateAuthorizationToken({ token: fixtureToken })).toEqual({ isValid: true })
    expect(await errorOf(manager.validateAuthorizationToken({ token: 'x' }))).toMatchObject({
      message: 'Authentication token not found',
    })
  })

  test('is told that restarting components is not supported here', async () => {
    const client = await fixture.connect()
    expect(await errorOf(client.restartComponent({ componentName: fixtureComponent }))).toMatchObject({
      message: 'Operation aws.greengrass#RestartComponent is not supported by Greengrass',
    })
  })

  test('A6: is not let in with a wrong token', async () => {
    await expect(fixture.connect('WRONG')).rejects.toThrow()
  })
})

describe('raw frames', () => {
  const message = (fields: Partial<RpcMessage>): RpcMessage => ({
    type: messageTypes.applicationMessage,
    flags: 0,
    streamId: 0,
    text: new Map(),
    payload: new Uint8Array(),
    ...fields,
  })
  const connectMessage = (authToken: string) =>
    message({
      type: messageTypes.connect,
      text: new Map([[':version', '0.1.0']]),
      payload: Buffer.from(JSON.stringify({ authToken })),
    })

  /** Sends frames and answers everything that comes back until the server closes or `count` have come. */
  async function exchange(frames: readonly Uint8Array[], count: number): Promise<RpcMessage[]> {
    const socket = connect(fixture.socketPath)
    const read = createFrameReader()
    const answers: RpcMessage[] = []
    const enough = new Promise<void>(resolve => {
      socket.on('data', chunk => {
        for (const frame of read(chunk)) {
          const answer = readRpcMessage(decodeFrame(frame))
          if (answer !== undefined) answers.push(answer)
        }
        if (answers.length >= count) resolve()
      })
      socket.once('close', () => resolve())
    })
    await once(socket, 'connect')
    for (const frame of frames) socket.write(frame)
    await enough
    socket.destroy()
    return answers
  }
  const frame = (rpc: RpcMessage) => encodeFrame(toEventStream(rpc))
  const call = (operation: string, body: string, streamId = 1) =>
    message({ streamId, text: new Map([['operation', operation]]), payload: Buffer.from(body) })

  test('a refused CONNECT is acknowledged without the accepted flag, then closed', async () => {
    const answers = await exchange([frame(connectMessage('WRONG'))], 2)
    expect(answers).toMatchObject([{ type: messageTypes.connectAck, flags: 0, streamId: 0 }])
  })

  test('a request before CONNECT is a protocol error', async () => {
    const answers = await exchange([frame(call('aws.greengrass#GetConfiguration', '{}'))], 2)
    expect(answers).toMatchObject([{ type: messageTypes.protocolError }])
  })

  test('a unary response ends its stream, a streaming one does not', async () => {
    const answers = await exchange(
      [
        frame(connectMessage(fixtureToken)),
        frame(call('aws.greengrass#GetConfiguration', '{}')),
        frame(call('aws.greengrass#SubscribeToIoTCore', '{"topicName":"open/a","qos":"1"}', 2)),
      ],
      3,
    )
    expect(answers[1]).toMatchObject({ type: 0, flags: 2, streamId: 1 })
    expect(answers[1]?.text.get('service-model-type')).toBe('aws.greengrass#GetConfigurationResponse')
    expect(answers[2]).toMatchObject({ type: 0, flags: 0, streamId: 2 })
    expect(answers[2]?.text.get(':content-type')).toBe('application/json')
  })

  test('an unknown operation, a body that is no JSON and a field of a wrong type each get their error', async () => {
    const answers = await exchange(
      [
        frame(connectMessage(fixtureToken)),
        frame(call('aws.greengrass#Nonsense', '{}', 1)),
        frame(call('aws.greengrass#GetConfiguration', '{', 2)),
        frame(call('aws.greengrass#GetConfiguration', '{"keyPath":7}', 3)),
      ],
      4,
    )
    const byStream = new Map(answers.map(answer => [answer.streamId, answer]))
    const text = (streamId: number) => new TextDecoder().decode(byStream.get(streamId)?.payload)
    expect(text(1)).toContain('"error":"Unsupported Operation"')
    expect(byStream.get(1)?.text.has('service-model-type')).toBe(false)
    expect([text(2), text(3)]).toEqual(['InternalServerError', 'InternalServerError'])
    expect(byStream.get(3)).toMatchObject({ type: messageTypes.applicationError, flags: 2 })
    expect(byStream.get(3)?.text.get(':content-type')).toBe('text/plain')
  })

  test('an error of the model carries its name as type and code', async () => {
    const answers = await exchange(
      [
        frame(connectMessage(fixtureToken)),
        frame(call('aws.greengrass#GetConfiguration', '{"keyPath":["x"]}')),
      ],
      2,
    )
    expect(answers[1]?.text.get('service-model-type')).toBe('aws.greengrass#ResourceNotFoundError')
    expect(JSON.parse(new TextDecoder().decode(answers[1]?.payload))).toMatchObject({
      _errorCode: 'ResourceNotFoundError',
      _message: 'Key not found',
    })
  })

  test('a ping is echoed', async () => {
    const ping = message({ type: messageTypes.ping, payload: Buffer.from('beat') })
    const answers = await exchange([frame(connectMessage(fixtureToken)), frame(ping)], 2)
    expect(answers[1]).toMatchObject({ type: messageTypes.pingResponse, payload: Buffer.from('beat') })
  })

  test('a damaged frame closes the connection', async () => {
    const damaged = frame(connectMessage(fixtureToken))
    damaged.writeUInt8(damaged.readUInt8(20) ^ 1, 20)
    expect(await exchange([damaged], 1)).toEqual([])
  })

  test('a stream number below the last one is a protocol error', async () => {
    const get = (streamId: number) => frame(call('aws.greengrass#GetConfiguration', '{}', streamId))
    const answers = await exchange([frame(connectMessage(fixtureToken)), get(2), get(1)], 4)
    expect(answers.at(-1)).toMatchObject({ type: messageTypes.protocolError, streamId: 0 })
  })
})
