import { createHash } from 'node:crypto'
import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import { encodePem } from '@rotator/protocol/x509/pem'
import type { Effect, EffectKind } from '@rotator/rotation/device/effects'
import { decodeJournal } from '@rotator/rotation/device/journal'
import { type Phase, type ServiceDigest, serviceDigestSchema } from '@rotator/rotation/device/state'
import * as v from 'valibot'
import { Journal } from '../journal/journal.ts'
import type { LogFields } from '../log.ts'
import { Alarms } from '../loop/alarms.ts'
import { Loop } from '../loop/loop.ts'
import { Outbox } from '../loop/outbox.ts'
import { perform } from '../loop/performer.ts'
import { noProbe, type Probe } from '../probe/probe.ts'
import { FakeTimers } from './fake-timers.ts'
import { MemoryIdentityStore } from './memory-identity-store.ts'
import { ScriptedCloud } from './scripted-cloud.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { idOf } from './test-authority.ts'

export const thing: ThingName = v.parse(thingNameSchema, 'thing')
export const oldId = idOf(encodePem('CERTIFICATE', Buffer.from('old')))
const owner = { uid: 0, gid: 0 }

export const serviceDigest = (life: number | string): ServiceDigest =>
  v.parse(serviceDigestSchema, createHash('sha256').update(`life ${life}`).digest('hex'))

/** SIGKILL. */
class Killed extends Error {
  override readonly name = 'Killed'
}

/** Let promises that wait for nothing but each other come to an end. */
export const settle = async (): Promise<void> => {
  await new Promise(resolve => {
    setImmediate(resolve)
  })
}

/** A device of real loop, journal and performer, with identities in memory and a cloud of a few lines. */
export class SimulatedDevice {
  readonly disk = new SimulatedDisk()
  readonly store = new MemoryIdentityStore(oldId)
  readonly cloud = new ScriptedCloud(thing, oldId)
  readonly lines: [level: string, message: string, fields: LogFields][] = []
  /** Orders as they were performed, over all lives. */
  readonly performed: EffectKind[] = []
  /** Kills the process around the order of this number. */
  kill: { at: number; when: 'before' | 'after' } | undefined
  killedAround: EffectKind | undefined
  processes = 0
  /** Restarts of Greengrass that do not happen although they were asked for. */
  swallowedRestarts = 0
  timers = new FakeTimers()
  probe: Probe = noProbe
  loop: Loop | undefined
  #greengrassLife = 1

  constructor() {
    this.disk.makeFolder('/work', { mode: 0o755, ...owner })
    this.disk.settleAll()
  }

  get phase(): Phase | undefined {
    if (this.disk.look('/work/journal.json') === undefined) return undefined
    const decoded = decodeJournal(this.disk.read('/work/journal.json').toString())
    return decoded.ok ? decoded.value.phase : undefined
  }

  /** Starts a process; what the one before had not made durable is gone. */
  startProcess(): void {
    this.processes += 1
    this.loop?.stop()
    this.disk.powerUp('nothing')
    this.timers = new FakeTimers(this.timers.now())
    const { timers } = this
    const log = (level: string, message: string, fields: LogFields = {}): void => {
      this.lines.push([level, message, fields])
    }
    const outbox = new Outbox({
      publish: async (topic, payload) => this.#publish(topic, payload),
      timers,
      log,
      retryMs: 10_000,
    })
    const alarms = new Alarms(
      timers,
      () => 0.5,
      event => {
        loop.give(event)
      },
    )
    const restart = { request: async () => this.#restartGreengrass() }
    const parts = {
      thing,
      store: this.store,
      probe: this.probe,
      restart,
      outbox,
      alarms,
      now: () => timers.now(),
      log,
    }
    const loop: Loop = new Loop({
      thing,
      service: serviceDigest(this.#greengrassLife),
      journal: new Journal(this.disk, '/work', owner),
      store: this.store,
      outbox,
      perform: async effect =>
        this.#around(effect, async () => perform({ ...parts, deferUpdates: () => {} }, effect)),
      configured: async () => ({ keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' }),
      timers,
      log,
      onCrash: error => {
        if (!(error instanceof Killed)) throw error
        this.startProcess()
      },
    })
    this.loop = loop
    loop.start()
    void outbox.up()
  }

  /** Runs until the rotation is over and the device idle. @throws where that does not happen */
  async run(): Promise<void> {
    if (this.loop === undefined) this.startProcess()
    for (let step = 0; step < 600; step += 1) {
      await settle()
      if (this.cloud.isOver && this.phase === 'idle') return
      const [next] = this.timers.pending()
      if (next !== undefined) this.timers.advance(next)
    }
    throw new Error(`the device does not come to rest: ${this.phase}, ${this.cloud.status}`)
  }

  async #publish(topic: string, payload: string): Promise<void> {
    for (const reply of this.cloud.receive(topic, payload)) this.loop?.receive(...reply)
  }

  async #restartGreengrass(): Promise<{ ok: true } | { ok: false; problem: string }> {
    if (this.swallowedRestarts > 0) {
      this.swallowedRestarts -= 1
      return { ok: false, problem: 'The restart was swallowed.' }
    }
    this.#greengrassLife += 1
    this.cloud.connected = this.store.current
    setImmediate(() => {
      this.startProcess()
    })
    return { ok: true }
  }

  async #around<T>(effect: Effect, work: () => Promise<T>): Promise<T> {
    const at = this.performed.length
    this.performed.push(effect.kind)
    const dies = (when: 'before' | 'after'): void => {
      if (this.kill?.at !== at || this.kill.when !== when) return
      this.killedAround = effect.kind
      throw new Killed()
    }
    dies('before')
    const outcome = await work()
    dies('after')
    return outcome
  }
}
