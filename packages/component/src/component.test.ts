import { afterEach, beforeEach, expect, test } from 'vitest'
import { startComponent } from './component.ts'
import { noProbe } from './probe/probe.ts'
import type { Restart } from './restart/restart.ts'
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

interface Device {
  store: MemoryIdentityStore
  timers: FakeTimers
  /** Starts the component, again or for the first time, in that life of what connects. */
  start: (life: number, restart: Restart) => { stop(): void }
}

function device(): Device {
  const disk = new SimulatedDisk()
  disk.makeFolder('/work', { mode: 0o700, uid: 0, gid: 0 })
  disk.settleAll()
  const store = new MemoryIdentityStore(oldId)
  const timers = new FakeTimers()
  const environment = {
    thingName: thing,
    socketPath: nucleus.socketPath,
    authToken: new Secret(nucleus.token),
    workFolder: '/work',
    root: '/',
  }
  return {
    store,
    timers,
    start: (life, restart) =>
      startComponent({
        environment,
        service: serviceDigest(life),
        fs: disk,
        store,
        probe: noProbe,
        restart,
        timers,
        random: () => 0.5,
        owner: { uid: 0, gid: 0 },
        log: () => {},
        onCrash: error => {
          throw error
        },
      }),
  }
}

async function runUntilOver(cloud: ScriptedCloud, timers: FakeTimers): Promise<void> {
  for (let turn = 0; !cloud.isOver && turn < 20_000; turn += 1) {
    await new Promise(resolve => setImmediate(resolve))
    // A second of the fake clock for many turns of the real one, so that sockets keep up with it.
    if (turn % 20 === 0) timers.advance(1000)
  }
}

test('a whole rotation over the socket of Greengrass, with a restart of it in the middle', async () => {
  const cloud = new ScriptedCloud(thing, oldId)
  answerAll(cloud)
  // The first questions are lost, so that a timer has to ask again.
  cloud.silentFor = 2
  const { store, timers, start } = device()
  let life = 1
  const restart: Restart = {
    request: async () => {
      life += 1
      cloud.connected = store.current
      setImmediate(() => {
        component.stop()
        component = start(life, restart)
      })
      return { ok: true }
    },
  }
  let component = start(life, restart)
  await runUntilOver(cloud, timers)
  component.stop()
  expect({ status: cloud.status, life, violations: cloud.violations }).toEqual({
    status: 'SUCCEEDED',
    life: 2,
    violations: [],
  })
  expect(store.current).toBe(cloud.new)
})

test('a whole rotation on Nucleus Lite, whose new connection is told by the component and leaves it deaf', async () => {
  const cloud = new ScriptedCloud(thing, oldId)
  answerAll(cloud)
  const { store, timers, start } = device()
  let restarts = 0
  const component = start(1, {
    request: async () => {
      restarts += 1
      // The first one is not to be had.
      if (restarts === 1) return { ok: false, problem: 'busy' }
      cloud.connected = store.current
      streams.clear()
      return { ok: true, service: serviceDigest(restarts) }
    },
  })
  await runUntilOver(cloud, timers)
  component.stop()
  expect({ status: cloud.status, restarts, violations: cloud.violations }).toEqual({
    status: 'SUCCEEDED',
    restarts: 2,
    violations: [],
  })
  expect(nucleus.connections).toBe(2)
  expect(store.current).toBe(cloud.new)
})
