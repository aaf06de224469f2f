import type { ReportLine } from '@rotator/backend/report'
import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import { recordShadowName } from '@rotator/protocol/names'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { Violation } from '@rotator/rotation/invariants'
import * as v from 'valibot'
import type { FunctionCall } from '../cloud/backend-functions.ts'
import type { Blueprint } from '../cloud/blueprint.ts'
import type { CloudSettings } from '../cloud/cloud-settings.ts'
import { SimulatedCloud } from '../cloud/simulated-cloud.ts'
import { pooledKey } from '../device/key-pool.ts'
import { type HomeKind, SimulatedDevice } from '../device/simulated-device.ts'
import type { Fates, MomentFault } from '../faults/fault.ts'
import { Network } from '../faults/network.ts'
import { quiet } from '../kernel/quiet.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import { ExecutionLedger } from '../rules/execution-ledger.ts'
import { RuleWatch } from '../rules/rule-watch.ts'
import { type Watched, watching } from '../rules/watched.ts'
import type { Story } from '../story/story.ts'
import { createForeignJob, createJob, createThing, type JobWishes, prepareAccount } from './account.ts'
import { openJobOf, standingOf, trialOf } from './grasp.ts'
import { act, type Grasp, possibleMoments } from './operators.ts'

export interface WorldParts {
  clock: VirtualClock
  fates: Fates
  story: Story
  blueprint: Blueprint
  settings: CloudSettings
  /** From 0 to 1. */
  random: () => number
}

export const beginning = Date.UTC(2026, 0, 1)

/** A cloud, its operators and some devices: everything between two points of simulated time. */
export class World {
  readonly cloud: SimulatedCloud
  readonly devices = new Map<string, Watched>()
  readonly edges = new Set<EdgeId>()
  /** Rows of the record's table that decided, by what the functions log. */
  readonly rows = new Set<string>()
  readonly ledger: ExecutionLedger
  /** Faults of the product itself: what it threw and nobody expected. */
  readonly crashes: string[] = []
  readonly #parts: WorldParts
  readonly #network: Network
  readonly #watch: RuleWatch
  #keys = 0
  #jobs = 0
  /** Calls that are still to come. */
  #expected = 0

  constructor(parts: WorldParts) {
    this.#parts = parts
    this.#network = new Network({ ...parts, beforeDelivery: thing => this.#moment(thing) })
    this.cloud = new SimulatedCloud({
      ...parts,
      network: this.#network,
      onCall: call => this.#onCall(call),
      onReport: line => this.#onReport(line),
      onDefect: error => this.#onCrash(error),
    })
    this.ledger = new ExecutionLedger(this.cloud.jobs, attempt => {
      const watched = this.devices.get(attempt.thing)
      parts.story.tell(
        'jobs',
        `execution ${attempt.executionNumber} of ${attempt.jobId} (${attempt.thing}) ends ${attempt.status}`,
      )
      if (watched !== undefined) this.#watch.atEnd(attempt, watched)
    })
    this.#watch = new RuleWatch(this.cloud, this.ledger)
    prepareAccount(this.cloud)
  }

  get violations(): Violation[] {
    return this.#watch.violations
  }

  async addThing(name: string, home: HomeKind = 'files'): Promise<SimulatedDevice> {
    const thing: ThingName = v.parse(thingNameSchema, name)
    const { keyPem, csr } = await pooledKey(this.nextKey())
    const certificatePem = createThing(this.cloud, thing, csr)
    const device = new SimulatedDevice(
      {
        ...this.#parts,
        thing,
        home,
        cloud: this.cloud,
        network: this.#network,
        nextKey: () => this.nextKey(),
        onEdge: (edge, on) => {
          this.#onEdge(edge, on)
        },
        onCrash: error => {
          this.#onCrash(error)
        },
        onLetOut: (where, text) => {
          this.#watch.atLetOut(where, text)
        },
      },
      { certificatePem, keyPem },
    )
    this.devices.set(thing, watching(device))
    return device
  }

  createJob(jobId: string, things: readonly string[], wishes: JobWishes): void {
    this.#parts.story.tell('operator', `creates job ${jobId} for ${things.join(', ')}`)
    createJob(this.cloud, jobId, things, wishes)
  }

  /** `J1`, `J2`, …: the name of a rotation job that is not there yet. */
  nextJobId(): string {
    this.#jobs += 1
    return `J${this.#jobs}`
  }

  /** A job of another team, which stands in the thing's queue. @returns its id */
  createForeignJob(thing: string): string {
    this.#jobs += 1
    const jobId = `X${this.#jobs}`
    this.#parts.story.tell('another team', `creates job ${jobId} for ${thing}`)
    createForeignJob(this.cloud, jobId, thing)
    return jobId
  }

  /** The certificates that are attached to a thing now. */
  attachedTo(thing: string): string[] {
    return this.cloud.registry.principals
      .principalsOf(thing)
      .map(principal => principal.replace(/^.*:cert\//u, ''))
  }

  /** Somebody takes away what the device relies on: nobody can keep rule 1 then. */
  rob(thing: string): void {
    const watched = this.devices.get(thing)
    if (watched !== undefined) watched.isRobbed = true
  }

  /** Somebody else reports in the device's name. */
  impersonate(thing: string): void {
    const watched = this.devices.get(thing)
    if (watched !== undefined) watched.isImpersonated = true
  }

  /** The record may stay held until the next rotation. */
  leaveHeld(thing: string): void {
    const watched = this.devices.get(thing)
    if (watched !== undefined) watched.mayStayHeld = true
  }

  /** Whoever refused or deactivated the certificate on trial takes it back, also where no record names it any more. */
  permitNew(thing: string): void {
    const { cloud } = this
    const { clock, story } = this.#parts
    const grasp = {
      thing,
      openJob: undefined,
      trial: trialOf(cloud, thing, clock.now()) ?? this.#lostTrialOf(thing),
    }
    if (grasp.trial?.isRefused === true) act({ cloud, story }, grasp, 'new-permitted')
    if (grasp.trial?.isActive === false) act({ cloud, story }, grasp, 'new-activated')
  }

  /**
   * With the record the word is lost that this certificate was on trial. Whoever took it away still knows which it was,
   * and sees that the device is configured with it. What the backend took away is nobody's to give back.
   */
  #lostTrialOf(thing: string): Grasp['trial'] {
    const watched = this.devices.get(thing)
    if (watched?.takenAway === undefined || !watched.isRecordLost) return undefined
    if (watched.takenAway !== watched.device.greengrass.loaded) return undefined
    return standingOf(this.cloud, thing, watched.takenAway, this.#parts.clock.now())
  }

  /** @returns whether there was a record */
  deleteRecord(thing: string): boolean {
    const watched = this.devices.get(thing)
    if (watched === undefined || this.cloud.storedRecord(thing) === undefined) return false
    watched.isRecordLost = true
    watched.named.clear()
    this.#parts.story.tell('operator', `deletes the record of ${thing}`)
    this.cloud.call('iotdata', 'DeleteThingShadow', { thingName: thing, shadowName: recordShadowName })
    return true
  }

  /** Calls later; until then the world is not at rest. */
  after(ms: number, call: () => void): void {
    this.#expected += 1
    this.#parts.clock.after(ms, () => {
      this.#expected -= 1
      call()
    })
  }

  /** Lets things happen until the world is at rest, or until that time. @returns whether it came to rest */
  run(untilMs: number): Promise<boolean> {
    return this.until(() => this.#isAtRest(), untilMs)
  }

  /** Lets things happen until something is the case, or until that time. @returns whether it came to be */
  async until(isSo: () => boolean | Promise<boolean>, untilMs: number): Promise<boolean> {
    const { clock } = this.#parts
    for (;;) {
      await quiet()
      for (const watched of this.devices.values()) {
        if (this.#watch.hasChanged(watched)) await this.#watch.look(watched)
      }
      this.#watch.lookAtNotices()
      if (await isSo()) return true
      const next = clock.next()
      if (next === undefined || next > untilMs) return false
      clock.ring()
    }
  }

  /** What is not as it should be although nothing is under way; empty where all is well. */
  async unrest(): Promise<string[]> {
    await this.#finishFunctions()
    const found: string[] = []
    if (this.#network.inFlight > 0) found.push(`${this.#network.inFlight} messages are on their way`)
    if (!this.cloud.host.isIdle) found.push('functions are running')
    if (this.cloud.queue.waiting > 0) found.push('certificates wait to be retired')
    for (const { thing, intention, greengrass } of [...this.devices.values()].map(({ device }) => device)) {
      if (intention === undefined) found.push(`${thing} has no journal`)
      else if (intention !== 'idle') found.push(`${thing} is in ${intention}`)
      if (!greengrass.isConnected) found.push(`${thing} is not connected`)
      if (openJobOf(this.cloud, thing) !== undefined) found.push(`${thing} has a rotation to do`)
    }
    if (found.length > 0) return found
    for (const watched of this.devices.values()) {
      for (const { rule, problem } of await this.#watch.atRest(watched)) {
        found.push(`rule ${rule}: ${watched.device.thing}: ${problem}`)
      }
    }
    return found
  }

  async #isAtRest(): Promise<boolean> {
    if (this.#network.inFlight + this.#expected > 0 || !this.cloud.host.isIdle) return false
    for (const { device } of this.devices.values()) if (device.intention !== 'idle') return false
    return (await this.unrest()).length === 0
  }

  /** The schedule starts a sweep at any time; what it finds to do shows only when it is over. */
  async #finishFunctions(): Promise<void> {
    for (let steps = 0; steps < 1_000 && !this.cloud.host.isIdle; steps += 1) {
      this.#parts.clock.ring()
      await quiet()
    }
  }

  #onEdge(edge: EdgeId, device: SimulatedDevice): void {
    this.edges.add(edge)
    const watched = this.devices.get(device.thing)
    if (watched === undefined) return
    // A power cut may keep the way to ask in the journal, and nobody saw it: whoever leaves ask has not switched either.
    if (edge === 'idle-to-ask' || edge.startsWith('ask-')) watched.hasSwitched = false
    if (edge === 'install-to-restart') watched.hasSwitched = true
    this.#watch.atEdge(edge, watched)
  }

  #onCrash(error: unknown): void {
    this.crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  #onReport({ event, thingName, jobId, row, passed }: ReportLine): void {
    if (event === 'execution-deleted') this.ledger.deletionHeard(String(thingName), String(jobId))
    for (const one of `${row ?? ''}; ${passed ?? ''}`.split('; ')) if (one !== '') this.rows.add(one)
  }

  #onCall(call: FunctionCall): void {
    const { life, operation, input } = call
    if (operation === 'UpdateThingShadow') {
      const thing = String(input['thingName'])
      // Between a decision and its write.
      this.#moment(thing)
      this.#watch.atWrite(thing, life)
    }
    this.#watch.atCall(call)
  }

  #moment(thing: string): void {
    if (this.#parts.fates.passes?.() === true) return
    const grasp = this.#grasp(thing)
    const faults = possibleMoments(grasp)
    if (faults.length === 0) return
    const fault = this.#parts.fates.at<MomentFault>({ where: 'in the meantime', thing, faults })
    if (fault === undefined) return
    const { jobId } = grasp.openJob ?? {}
    if (fault === 'job-deleted' && jobId !== undefined) this.#noteDeletion(jobId)
    const watched = this.devices.get(thing)
    if (watched !== undefined && (fault === 'new-deactivated' || fault === 'new-refused'))
      watched.takenAway = grasp.trial?.certificateId
    act({ cloud: this.cloud, story: this.#parts.story }, grasp, fault)
  }

  /**
   * Whoever deletes a job by force knows it. Where a certificate had been made the operators must hear what became of
   * it; where none had, nothing is left that could tell.
   */
  #noteDeletion(jobId: string): void {
    const recorded = (thing: string) => {
      const record = this.cloud.recordOf(thing)
      const execution = record.progress === 'none' ? undefined : record.execution
      return execution?.jobId === jobId ? execution : undefined
    }
    // The certificate of an attempt before this one is none of its own.
    const isOwn = (thing: string) => {
      const execution = recorded(thing)
      return execution !== undefined && execution.executionNumber === this.ledger.nextNumber(thing, jobId)
    }
    const open = [...this.devices.keys()].filter(
      thing => openJobOf(this.cloud, thing)?.jobId === jobId && isOwn(thing),
    )
    // Nor is one that the record does not name known to have had any.
    this.ledger.forget(({ thing, jobId: ended, executionNumber }) => {
      const lastNumber = recorded(thing)?.executionNumber ?? 0
      return ended === jobId && executionNumber > lastNumber
    })
    for (const thing of open) this.ledger.deletedWhileOpen(thing, jobId)
    for (const thing of this.devices.keys())
      if (this.#hasSucceededUnheard(thing, jobId)) this.leaveHeld(thing)
  }

  #hasSucceededUnheard(thing: string, jobId: string): boolean {
    const { progress } = this.cloud.recordOf(thing)
    const last = this.ledger.everEnded.findLast(one => one.thing === thing && one.jobId === jobId)
    return last?.status === 'SUCCEEDED' && progress === 'committed'
  }

  #grasp(thing: string): Grasp {
    const trial = trialOf(this.cloud, thing, this.#parts.clock.now())
    const isDone = trial?.certificateId === this.devices.get(thing)?.device.succeededWith
    return { thing, openJob: openJobOf(this.cloud, thing), trial: isDone ? undefined : trial }
  }

  /** The number of a key that nobody has yet. */
  nextKey(): number {
    this.#keys += 1
    return this.#keys - 1
  }
}
