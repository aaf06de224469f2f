import { startComponent } from '../component.ts'
import { filesHome } from '../keys/key-home.ts'
import { noProbe } from '../probe/probe.ts'
import type { Restart } from '../restart/restart.ts'
import { Secret } from '../secret.ts'
import { FakeNucleus, type FakeStream } from './fake-nucleus.ts'
import { FakeTimers } from './fake-timers.ts'
import { MemoryIdentityStore } from './memory-identity-store.ts'
import { ScriptedCloud } from './scripted-cloud.ts'
import { oldId, serviceDigest, thing } from './simulated-device.ts'
import { SimulatedDisk } from './simulated-disk.ts'

/** What the nucleus does with a request in place of answering it. */
export type SocketFault = 'drop' | 'silence'

/** A whole component on a real socket of a nucleus that a test steers, with a cloud of a few lines behind it. */
export class DeviceOnSocket {
  readonly nucleus = new FakeNucleus()
  readonly cloud = new ScriptedCloud(thing, oldId)
  readonly store = new MemoryIdentityStore(oldId)
  readonly timers = new FakeTimers()
  readonly messages: string[] = []
  /** How often what connects has been started. */
  life = 1
  requests = 0
  /** Decides over a request by its number, counted from 0, and its operation. */
  fault: (request: number, operation: string) => SocketFault | undefined = () => undefined
  readonly #streams = new Map<string, FakeStream>()
  readonly #disk = new SimulatedDisk()
  #component: { stop(): void } | undefined

  async open(): Promise<void> {
    this.#disk.makeFolder('/work', { mode: 0o700, uid: 0, gid: 0 })
    this.#disk.settleAll()
    this.#answer('SubscribeToComponentUpdates', () => ({}))
    this.#answer('SubscribeToValidateConfigurationUpdates', () => ({}))
    this.#answer('GetConfiguration', () => ({ value: {} }))
    this.#answer('SubscribeToIoTCore', ({ topicName }, stream) => {
      this.#streams.set(String(topicName), stream)
      return {}
    })
    this.#answer('PublishToIoTCore', ({ topicName, payload }) => {
      this.#publish(String(topicName), Buffer.from(String(payload), 'base64').toString())
      return {}
    })
    await this.nucleus.start()
  }

  /** Starts the component, again or for the first time. */
  start(restart: Restart = this.classicRestart): void {
    this.#component?.stop()
    this.#component = startComponent({
      environment: {
        thingName: thing,
        socketPath: this.nucleus.socketPath,
        authToken: new Secret(this.nucleus.token),
        workFolder: '/work',
        root: '/',
      },
      service: serviceDigest(this.life),
      fs: this.#disk,
      store: this.store,
      home: filesHome('linux'),
      probe: noProbe,
      restart,
      timers: this.timers,
      random: () => 0.5,
      owner: { uid: 0, gid: 0 },
      log: (_level, message) => void this.messages.push(message),
      onCrash: error => {
        throw error
      },
    })
  }

  /** The component dies with the nucleus. */
  readonly classicRestart: Restart = {
    request: async () => {
      this.#connectAnew()
      setImmediate(() => {
        this.start()
      })
      return { ok: true }
    },
  }

  /** The component lives on, and hears nothing any more of what it was subscribed to. */
  readonly liteRestart: Restart = {
    request: async () => {
      this.#connectAnew()
      this.#streams.clear()
      return { ok: true, service: serviceDigest(this.life) }
    },
  }

  async run(): Promise<void> {
    for (let turn = 0; !this.cloud.isOver && turn < 100_000; turn += 1) {
      await new Promise(resolve => setImmediate(resolve))
      // A second of the fake clock for many turns of the real one, so that sockets keep up with it.
      if (turn % 20 === 0) this.timers.advance(1000)
    }
  }

  async close(): Promise<void> {
    this.#component?.stop()
    await this.nucleus.stop()
  }

  #connectAnew(): void {
    this.life += 1
    this.cloud.connected = this.store.current
  }

  #answer(operation: string, answer: (request: Record<string, unknown>, stream: FakeStream) => object): void {
    this.nucleus.operations.set(operation, (request, stream) => {
      const fault = this.fault(this.requests, operation)
      this.requests += 1
      if (fault === 'drop') this.nucleus.dropConnections()
      return fault === undefined ? { kind: 'answer', body: answer(request, stream) } : { kind: 'silence' }
    })
  }

  #publish(topic: string, text: string): void {
    const replies = this.cloud.receive(topic, text)
    setImmediate(() => {
      for (const [replyTopic, reply] of replies) {
        const message = { topicName: replyTopic, payload: Buffer.from(reply).toString('base64') }
        this.#streamFor(replyTopic)?.send({ message })
      }
    })
  }

  /** The stream of the subscription that a topic falls under. */
  #streamFor(topic: string): FakeStream | undefined {
    const levels = topic.split('/')
    const fits = (filter: string): boolean =>
      filter.split('/').every((level, at) => level === '+' || level === levels[at])
    return [...this.#streams].find(([filter]) => fits(filter))?.[1]
  }
}
