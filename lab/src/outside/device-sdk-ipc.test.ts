import { once } from 'node:events'
import { componentName } from '@rotator/protocol/names'
import sdk from 'aws-iot-device-sdk-v2'
import { neighbourName, soon } from './greengrass-neighbour.ts'
import { test } from './outside-test.ts'

const { QOS, ConfigurationValidityStatus } = sdk.greengrasscoreipc.model

test('device sdk: GetConfiguration over IPC reads a leaf, a map and another component', async ({
  neighbour: { ipc },
  expect,
}) => {
  const leaf = soon('the leaf', ipc.getConfiguration({ keyPath: ['greeting'] }))
  expect(await leaf).toEqual({ componentName: neighbourName, value: { greeting: 'hello' } })
  const map = soon('the map', ipc.getConfiguration({ keyPath: ['nested'] }))
  expect((await map).value).toEqual({ depth: 1 })
  const ofRotator = ipc.getConfiguration({ componentName, keyPath: ['keyAlgorithm'] })
  expect(await soon('the rotator’s', ofRotator)).toEqual({
    componentName,
    value: { keyAlgorithm: 'RSA-2048' },
  })
})

test('device sdk: GetConfiguration over IPC of a key that is not there fails with the modelled error', async ({
  neighbour: { ipc },
  expect,
}) => {
  await expect(soon('an answer', ipc.getConfiguration({ keyPath: ['nowhere'] }))).rejects.toMatchObject({
    type: sdk.eventstream_rpc.RpcErrorType.ServiceError,
    serviceError: { message: 'Key not found' },
  })
})

test('device sdk: a component subscribes and publishes to IoT Core through the core', async ({
  neighbour: { ipc, device },
  world,
  onTestFinished,
  expect,
}) => {
  const topicName = `outside/${device.thingName}/echo`
  const passages: string[] = []
  onTestFinished(
    world.cloud.services.broker.interfere(({ direction, topic }, deliver) => {
      if (topic === topicName) passages.push(direction)
      deliver()
    }),
  )
  const stream = ipc.subscribeToIoTCore({ topicName, qos: QOS.AT_LEAST_ONCE })
  await soon('the subscription', stream.activate())
  const message = once(stream, 'message') as Promise<[sdk.greengrasscoreipc.model.IoTCoreMessage]>
  await soon('the publish', ipc.publishToIoTCore({ topicName, qos: QOS.AT_LEAST_ONCE, payload: 'hello' }))
  const [received] = await soon('the message', message)
  expect(received.message?.topicName).toBe(topicName)
  expect(Buffer.from(received.message?.payload as ArrayBuffer).toString()).toBe('hello')
  expect(passages).toEqual(['in', 'out'])
  await stream.close()
})

test('device sdk: a component without permission for a topic is refused by the core', async ({
  neighbour: { ipc, device },
  expect,
}) => {
  const topicName = `$aws/things/${device.thingName}/jobs/$next/get`
  const publishing = ipc.publishToIoTCore({ topicName, qos: QOS.AT_LEAST_ONCE, payload: '{}' })
  await expect(soon('an answer', publishing)).rejects.toMatchObject({
    type: sdk.eventstream_rpc.RpcErrorType.ServiceError,
    serviceError: { message: 'Not Authorized' },
  })
})

test('device sdk: the rotator rejects a bad algorithm in a deployment that the neighbour would accept', async ({
  neighbour: { ipc, deploy },
  expect,
}) => {
  const proposals: unknown[] = []
  const validation = ipc.subscribeToValidateConfigurationUpdates({})
  validation.on('message', event => {
    const { configuration, deploymentId = '' } = event.validateConfigurationUpdateEvent ?? {}
    proposals.push(configuration?.['greeting'])
    void ipc.sendConfigurationValidityReport({
      configurationValidityReport: { status: ConfigurationValidityStatus.ACCEPTED, deploymentId },
    })
  })
  await soon('the subscription', validation.activate())
  const greetAndRotateWith = (greeting: string, keyAlgorithm: string) =>
    deploy([
      { component: neighbourName, merge: { greeting } },
      { component: componentName, merge: { keyAlgorithm, signingAlgorithm: 'ECDSA-WITH-SHA256' } },
    ])
  const configured = async () => {
    const [mine, rotators] = await Promise.all([
      soon('the greeting', ipc.getConfiguration({ keyPath: ['greeting'] })),
      soon('the algorithm', ipc.getConfiguration({ componentName, keyPath: ['keyAlgorithm'] })),
    ])
    return { ...mine.value, ...rotators.value }
  }

  expect(await greetAndRotateWith('bad', 'ECDSA-P257')).toMatchObject({
    status: 'FAILED_NO_STATE_CHANGE',
    reason: expect.stringMatching(/name = aws\.greengrass\.labs\.CertificateRotator, message = .*ECDSA-P257/),
  })
  expect(await configured()).toEqual({ greeting: 'hello', keyAlgorithm: 'RSA-2048' })
  expect(await greetAndRotateWith('good', 'ECDSA-P256')).toEqual({ status: 'SUCCESSFUL' })
  expect(await configured()).toEqual({ greeting: 'good', keyAlgorithm: 'ECDSA-P256' })
  expect(proposals).toEqual(['bad', 'good'])
  await validation.close()
})
