import { describe, expect, test } from 'vitest'
import {
  deferComponentUpdate,
  getConfiguration,
  publishToIotCore,
  reportValidity,
  subscribeToComponentUpdates,
  subscribeToIotCore,
  subscribeToProposedConfigurations,
} from './operations.ts'

class Recorder {
  readonly calls: [string, object][] = []
  answer: unknown = {}
  send: (event: unknown) => void = () => {}

  async call(operation: string, request: object, onEvent?: (event: unknown) => void): Promise<unknown> {
    this.calls.push([operation, request])
    if (onEvent !== undefined) this.send = onEvent
    return this.answer
  }
}

describe('operations of Greengrass IPC', () => {
  test('publishing goes out in base64, at QoS 0 what must not be collected, else at QoS 1', async () => {
    const caller = new Recorder()
    await publishToIotCore(caller, 'a/b', '{"ü":1}', false)
    await publishToIotCore(caller, 'a/b', '{"ü":1}', true)
    const payload = Buffer.from('{"ü":1}').toString('base64')
    expect(caller.calls).toEqual([
      ['PublishToIoTCore', { topicName: 'a/b', qos: '1', payload }],
      ['PublishToIoTCore', { topicName: 'a/b', qos: '0', payload }],
    ])
  })

  test('M16: a subscription hands on topic and text, whatever comes', async () => {
    const caller = new Recorder()
    const messages: string[][] = []
    await subscribeToIotCore(caller, 'a/+', (...message) => messages.push(message))
    const payload = Buffer.from('grüß').toString('base64')
    caller.send({ message: { topicName: 'a/b', payload } })
    caller.send({ message: { topicName: 'a/c' } })
    const unprintable = { topicName: 'a/d', payload: { toString: 1, valueOf: 2 } }
    for (const message of [null, { topicName: 1 }, { topicName: 'a/d', payload: 7 }, unprintable])
      caller.send({ message })
    for (const odd of [undefined, null, 7, {}]) caller.send(odd)
    expect(messages).toEqual([
      ['a/b', 'grüß'],
      ['a/c', ''],
    ])
    expect(caller.calls).toEqual([['SubscribeToIoTCore', { topicName: 'a/+', qos: '1' }]])
  })

  test('the configuration is read whole', async () => {
    const caller = new Recorder()
    caller.answer = { componentName: 'c', value: { keyAlgorithm: 'RSA-2048' } }
    await expect(getConfiguration(caller)).resolves.toEqual({ keyAlgorithm: 'RSA-2048' })
    expect(caller.calls).toEqual([['GetConfiguration', { keyPath: [] }]])
  })

  test('proposed configurations come with the deployment that they belong to, and are answered', async () => {
    const caller = new Recorder()
    const proposals: unknown[] = []
    await subscribeToProposedConfigurations(caller, proposal => proposals.push(proposal))
    caller.send({ validateConfigurationUpdateEvent: { deploymentId: 'd', configuration: { a: 1 } } })
    caller.send({ validateConfigurationUpdateEvent: {} })
    expect(proposals).toEqual([{ deploymentId: 'd', configuration: { a: 1 } }])
    await reportValidity(caller, 'd', { status: 'REJECTED', message: 'no' })
    expect(caller.calls[1]).toEqual([
      'SendConfigurationValidityReport',
      { configurationValidityReport: { status: 'REJECTED', message: 'no', deploymentId: 'd' } },
    ])
  })

  test('updates of components are told before they happen and can be put off', async () => {
    const caller = new Recorder()
    const updates: string[] = []
    await subscribeToComponentUpdates(caller, deploymentId => updates.push(deploymentId))
    caller.send({ preUpdateEvent: { deploymentId: 'd', isGgcRestarting: false } })
    caller.send({ postUpdateEvent: { deploymentId: 'd' } })
    expect(updates).toEqual(['d'])
    await deferComponentUpdate(caller, 'd', 60_000)
    expect(caller.calls[1]).toEqual(['DeferComponentUpdate', { deploymentId: 'd', recheckAfterMs: 60_000 }])
  })
})
