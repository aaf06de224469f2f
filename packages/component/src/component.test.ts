import { afterEach, beforeEach, expect, test } from 'vitest'
import { startComponent } from './component.ts'
import { noProbe } from './probe/probe.ts'
import { Secret } from './secret.ts'
import { FakeNucleus, type FakeStream } from './testing/fake-nucleus.ts'
import { FakeTimers } from './testing/fake-timers.ts'
import { MemoryIdentityStore } from './testing/memory-identity-store.ts'
import { ScriptedCloud } from './testing/scripted-cloud.ts'
import { oldId, serviceDigest, thing } from './testing/simulated-device.ts'
import { SimulatedDisk } from './testing/simulated-disk.ts'

let nucleus: FakeNucleus
const streams = new Map<string, FakeStream>()

beforeEach(async () => {
  streams.clear()
  nucleus = new FakeNucleus()
  await nucleus.start()
})

afterEach(async () => {
  await nucleus.stop()
})

const fits = (filter: string, topic: string): boolean => {
  const levels = topic.split('/')
  return filter.split('/').every((level, at) => level === '+' || level === levels[at])
}

/** The stream of the subscription that a topic falls under. */
const streamFor = (topic: string): FakeStream | undefined =>
  [...streams].find(([filter]) => fits(filter, topic))?.[1]

function answerAll(cloud: ScriptedCloud): void {
  for (const operation of ['SubscribeToComponentUpdates', 'SubscribeToValidateConfigurationUpdates']) {
    nucleus.operations.set(operation, () => ({ kind: 'answer', body: {} }))
  }
  nucleus.operations.set('GetConfiguration', () => ({ kind: 'answer', body: { value: {} } }))
  nucleus.operations.set('SubscribeToIoTCore', ({ topicName }, stream) => {
    if (typeof topicName === 'string') streams.set(topicName, stream)
    return { kind: 'answer', body: {} }
  })
  nucleus.operations.set('PublishToIoTCore', ({ topicName, payload }) => {
    const text = Buffer.from(typeof payload === 'string' ? payload : '', 'base64').toString()
    const replies = cloud.receive(typeof topicName === 'string' ? topicName : '', text)
    setImmediate(() => {
      for (const [topic, reply] of replies) {
        streamFor(topic)?.send({
          message: { topicName: topic, payload: Buffer.from(reply).toString('base64') },
        })
      }
    })
    return { kind: 'answer', body: {} }
  })
}

test('a whole rotation over the socket of Greengrass, with a restart of it in the middle', async () => {
  const cloud = new ScriptedCloud(thing, oldId)
  answerAll(cloud)
  // The first questions are lost, so that a timer has to ask again.
  cloud.silentFor = 2
  const disk = new SimulatedDisk()
  disk.makeFolder('/work', { mode: 0o700, uid: 0, gid: 0 })
  disk.settleAll()
  const store = new MemoryIdentityStore(oldId)
  const timers = new FakeTimers()
  let life = 1
  const start = (): { stop(): void } =>
    startComponent({
      environment: {
        thingName: thing,
        socketPath: nucleus.socketPath,
        authToken: new Secret(nucleus.token),
        workFolder: '/work',
        root: '/',
      },
      service: serviceDigest(life),
      fs: disk,
      store,
      probe: noProbe,
      restart: {
        request: async () => {
          life += 1
          cloud.connected = store.current
          setImmediate(() => {
            component.stop()
            component = start()
          })
          return { ok: true }
        },
      },
      timers,
      random: () => 0.5,
      owner: { uid: 0, gid: 0 },
      log: () => {},
      onCrash: error => {
        throw error
      },
    })
  let component = start()
  for (let turn = 0; !cloud.isOver && turn < 20_000; turn += 1) {
    await new Promise(resolve => setImmediate(resolve))
    // A second of the fake clock for many turns of the real one, so that sockets keep up with it.
    if (turn % 20 === 0) timers.advance(1000)
  }
  component.stop()
  expect({ status: cloud.status, life, violations: cloud.violations }).toEqual({
    status: 'SUCCEEDED',
    life: 2,
    violations: [],
  })
  expect(store.current).toBe(cloud.new)
})
