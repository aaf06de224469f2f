import type { IdentityStore } from '@rotator/component/identities/identity-store'
import { Journal } from '@rotator/component/journal/journal'
import type { LogFields } from '@rotator/component/log'
import { Alarms } from '@rotator/component/loop/alarms'
import { Hearing } from '@rotator/component/loop/hearing'
import { Loop } from '@rotator/component/loop/loop'
import { Outbox } from '@rotator/component/loop/outbox'
import { type PerformerParts, perform } from '@rotator/component/loop/performer'
import type { Probe } from '@rotator/component/probe/probe'
import type { Restart } from '@rotator/component/restart/restart'
import type { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import type { Timers } from '@rotator/component/timers'
import type { ThingName } from '@rotator/protocol/ids'
import { logFields } from '@rotator/protocol/log-fields'
import type { Effect } from '@rotator/rotation/device/effects'
import type { Phase } from '@rotator/rotation/device/state'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { LetOut } from '@rotator/rotation/invariants'
import type { CutFault, Fates } from '../faults/fault.ts'
import { never } from '../kernel/quiet.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import type { Greengrass } from './greengrass.ts'
import { owner } from './simulated-keys.ts'
import { workFolder } from './stored-identities.ts'

/** What becomes of a restart that is asked for: the nucleus may also say yes and do nothing. */
export type RestartFate = 'happens' | 'refused' | 'swallowed'

export interface ComponentParts {
  thing: ThingName
  clock: VirtualClock
  disk: SimulatedDisk
  store: IdentityStore
  greengrass: Greengrass
  probe: Probe
  fates: Fates
  story: Story
  hasIpc: boolean
  /** From 0 to 1. */
  random: () => number
  /** How much the device's clock is ahead, in milliseconds. */
  clockErrorMs: () => number
  /** Of a restart of Greengrass that is asked for now. */
  restartFate: () => RestartFate
  onCut: (fault: CutFault) => void
  /** What can befall it before or after it carries out an order. */
  cuts: readonly CutFault[]
  /** Of each message that it hands over to Greengrass; others hand over theirs. */
  onPublish: (payload: string) => void
  /** Of each text that others may read. */
  onLetOut?: (where: LetOut, text: string) => void
  /** A transition of the state machine, and every effect: what the rules are checked with. */
  onEdge: (edge: EdgeId) => void
  /** Of each step that the log tells, also where it is the one from before. */
  onPhase: (phase: Phase) => void
  /** A fault of the product itself. */
  onCrash: (error: unknown) => void
}

/** One process of the component: the product's own loop, journal, store and performer. */
export class ComponentProcess {
  readonly #parts: ComponentParts
  readonly #loop: Loop
  readonly #outbox: Outbox
  #isAlive = true
  readonly #hearing = new Hearing()
  #hasSubscribed = false
  #hasIpc = true

  constructor(parts: ComponentParts) {
    this.#parts = parts
    const { thing, disk, store, story, greengrass } = parts
    const timers = this.#timers()
    const log = (level: string, message: string, fields: LogFields = {}): void => {
      if (!this.#isAlive) return
      const phase = fields[logFields.to]
      parts.onLetOut?.('a line of the log', JSON.stringify({ message, ...fields }))
      if (typeof phase === 'string') parts.onPhase(phase as Phase)
      if (typeof fields.edge === 'string') parts.onEdge(fields.edge as EdgeId)
      story.tell(thing, `${level === 'info' ? '' : `${level}: `}${message}${detailsOf(fields)}`)
    }
    this.#outbox = new Outbox({
      publish: async (topic, payload, once) => {
        if (!this.#isAlive) await never()
        if (!this.#hasIpc) throw new Error('Greengrass does not answer.')
        parts.onPublish(payload)
        parts.onLetOut?.('a message', payload)
        greengrass.publish(topic, payload, once ? 0 : 1)
      },
      timers,
      log,
      retryMs: 10_000,
    })
    const performer: PerformerParts = {
      thing,
      store,
      probe: parts.probe,
      restart: { request: async () => this.#restart() },
      outbox: this.#outbox,
      alarms: new Alarms(
        timers,
        parts.random,
        event => {
          this.#loop.give(event)
        },
        this.#hearing,
      ),
      deferUpdates: () => {},
      now: () => timers.now(),
      log,
    }
    this.#loop = new Loop({
      thing,
      service: greengrass.service,
      journal: new Journal(disk, workFolder, owner),
      store,
      outbox: this.#outbox,
      perform: async effect => this.#perform(performer, effect),
      configured: async () => ({ keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' }),
      timers,
      log,
      onCrash: error => {
        if (this.#isAlive) parts.onCrash(error)
      },
    })
    this.#loop.start()
    this.setIpc(parts.hasIpc)
    if (greengrass.isConnected) this.connected()
  }

  /** Whether the nucleus answers this process at all. */
  setIpc(isThere: boolean): void {
    this.#hasIpc = isThere
    this.#hearing.tell(!isThere)
    if (!this.#hasSubscribed) return
    if (isThere) void this.#outbox.up()
    else this.#outbox.down()
  }

  /** Greengrass is connected, so the topics of replies can be subscribed to. Later connections subscribe by themselves. */
  connected(): void {
    if (this.#hasSubscribed) return
    this.#hasSubscribed = true
    if (this.#hasIpc) void this.#outbox.up()
  }

  receive(topic: string, payload: string): void {
    if (this.#isAlive && this.#hasSubscribed && this.#hasIpc) this.#loop.receive(topic, payload)
  }

  /** SIGKILL: whatever it waits for never comes. */
  kill(): void {
    this.#isAlive = false
    this.#loop.stop()
  }

  async #perform(performer: PerformerParts, effect: Effect): ReturnType<typeof perform> {
    await this.#survive('before', effect)
    const outcome = await perform(performer, effect)
    if (!this.#isAlive) await never()
    await this.#survive('after', effect)
    return outcome
  }

  async #survive(when: 'before' | 'after', { kind }: Effect): Promise<void> {
    const { fates, thing, story, onCut, cuts } = this.#parts
    if (inert.has(kind)) return
    const where = `${when} ${kind}`
    const fault = fates.at<CutFault>({ where, thing, faults: cuts })
    if (fault === undefined) return
    story.tell('fault', `${where} (${thing}): ${fault}`)
    onCut(fault)
    await never()
  }

  async #restart(): Promise<Awaited<ReturnType<Restart['request']>>> {
    const { clock, greengrass, restartFate } = this.#parts
    const fate = restartFate()
    if (fate === 'refused') return { ok: false, problem: 'The nucleus refuses to restart.' }
    if (fate === 'swallowed') return { ok: true }
    const { life } = greengrass
    clock.after(1_000, () => {
      if (greengrass.life === life) greengrass.restart()
    })
    return { ok: true }
  }

  #timers(): Timers {
    const { clock, clockErrorMs } = this.#parts
    return {
      now: () => clock.now() + clockErrorMs(),
      after: (delayMs, task) => {
        const timer = clock.after(delayMs, () => {
          if (this.#isAlive) task()
        })
        return () => {
          timer.cancel()
        }
      },
    }
  }
}

/** They change nothing that outlives the process, so a cut around them is the same as one around their neighbours. */
const inert: ReadonlySet<Effect['kind']> = new Set([
  'arm-timer',
  'defer-updates',
  'allow-updates',
  'get-job',
  'get-next-job',
  'compare',
  'probe-current',
])

function detailsOf({ edge, reason }: LogFields): string {
  const details = [edge, reason].filter(detail => typeof detail === 'string')
  return details.length === 0 ? '' : ` (${details.join('; ')})`
}
