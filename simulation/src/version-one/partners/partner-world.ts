import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import * as v from 'valibot'
import { type BackendParts, backendFunctions } from '../../cloud/backend-functions.ts'
import type { Blueprint } from '../../cloud/blueprint.ts'
import type { FunctionLife, Handler } from '../../cloud/function-host.ts'
import { SimulatedCloud } from '../../cloud/simulated-cloud.ts'
import { pooledKey } from '../../device/key-pool.ts'
import type { Fates, MomentFault } from '../../faults/fault.ts'
import { Network } from '../../faults/network.ts'
import { quiet } from '../../kernel/quiet.ts'
import { VirtualClock } from '../../kernel/virtual-clock.ts'
import { ExecutionLedger } from '../../rules/execution-ledger.ts'
import { type Story, untold } from '../../story/story.ts'
import { createJob, createThing, prepareAccount } from '../../world/account.ts'
import { openJobOf, trialOf } from '../../world/grasp.ts'
import { act, possibleMoments } from '../../world/operators.ts'
import { beginning } from '../../world/world.ts'
import { PartnerCore, type Version } from './partner-core.ts'
import { PartnerWatch } from './partner-watch.ts'
import { versionOneBlueprint, versionOneFunctions, versionOneInvocations } from './version-one-functions.ts'

/** Whose component runs on the device, and whose functions in the cloud. */
export interface Partners {
  device: Version
  backend: Version
  /** What our stack says; not looked at where the backend is version 1's. */
  blueprint: Blueprint
  /** One side is replaced by the other version in the middle of it all. */
  change?: Change
}

export interface Change {
  side: 'device' | 'backend'
  /** The point at which something could go wrong, counted from 0, at which it happens. */
  at: number
}

const minuteMs = 60_000
const other = { v1: 'ours', ours: 'v1' } as const
const thing: ThingName = v.parse(thingNameSchema, 'dev1')

/** One thing and its jobs in the simulated world, with either version on either side. */
export class PartnerWorld {
  readonly cloud: SimulatedCloud
  readonly clock = new VirtualClock(beginning)
  readonly crashes: string[] = []
  /** Transitions that our device took. */
  readonly edges = new Set<EdgeId>()
  /** Rows of the record's table that decided, by what our functions log. */
  readonly rows = new Set<string>()
  /** Of the factory's certificate. */
  oldCertificateId = ''
  readonly watch: PartnerWatch
  readonly #ledger: ExecutionLedger
  readonly #fates: Fates
  readonly #story: Story
  readonly #network: Network
  #core: PartnerCore | undefined
  #backend: Version
  /** Which backend a function began as, whatever was deployed since. */
  readonly #versions = new WeakMap<FunctionLife, Version>()
  #keys = 0
  #points = 0
  #areFaultsOver = false

  static async open(
    partners: Partners,
    fates: Fates,
    storyOf: (clock: VirtualClock) => Story = () => untold,
  ): Promise<PartnerWorld> {
    const world = new PartnerWorld(partners, fates, storyOf)
    await world.#addDevice(partners.device)
    return world
  }

  private constructor(partners: Partners, fates: Fates, storyOf: (clock: VirtualClock) => Story) {
    const { clock } = this
    const { backend, change, blueprint } = partners
    this.#backend = backend
    this.#story = storyOf(clock)
    this.#fates = {
      at: point => {
        if (this.#areFaultsOver) return undefined
        if (change?.at === this.#points) this.#make(change, partners)
        this.#points += 1
        return fates.at(point)
      },
    }
    const parts = { clock, fates: this.#fates, story: this.#story }
    this.#network = new Network({ ...parts, beforeDelivery: () => this.#moment() })
    this.cloud = new SimulatedCloud({
      ...parts,
      network: this.#network,
      settings: { retireDelaySeconds: 0, retireHoldSeconds: 0, sweepEverySeconds: 900 },
      onCall: call => {
        this.watch.atCall(call, this.#versions.get(call.life))
      },
      onReport: ({ row, passed }) => {
        for (const one of `${row ?? ''}; ${passed ?? ''}`.split('; ')) if (one !== '') this.rows.add(one)
      },
      // Our rules give version 1's functions what they need as well.
      blueprint: backend === 'v1' && change?.side !== 'backend' ? versionOneBlueprint : blueprint,
      functions: all => this.#functions(all),
      ...(backend === 'v1' && { invocations: versionOneInvocations }),
    })
    this.watch = new PartnerWatch(this.cloud, thing, () => this.#backend)
    this.#ledger = new ExecutionLedger(this.cloud.jobs, attempt => {
      this.watch.atEnd(attempt)
    })
    prepareAccount(this.cloud)
  }

  #functions(parts: BackendParts): (life: FunctionLife) => Handler {
    const handlers = { v1: versionOneFunctions(parts), ours: backendFunctions(parts) }
    return life => {
      this.#versions.set(life, this.#backend)
      return handlers[this.#backend](life)
    }
  }

  #make({ side }: Change, { device, backend }: Partners): void {
    if (side === 'device') return this.core.become(other[device])
    this.#story.tell('operator', `deploys version ${other[backend]} of the backend`)
    this.#backend = other[backend]
  }

  get core(): PartnerCore {
    if (this.#core === undefined) throw new Error('the world has no device yet')
    return this.#core
  }

  /** How many points there were so far at which something could have gone wrong. */
  get points(): number {
    return this.#points
  }

  get attached(): string[] {
    return this.cloud.registry.principals.principalsOf(thing).map(arn => arn.slice(arn.indexOf('cert/') + 5))
  }

  get told(): string[] {
    return this.cloud.notifications.map(({ Message }) => Message)
  }

  /** From now on nothing goes wrong. */
  endFaults(): void {
    this.#areFaultsOver = true
  }

  /** @param timeoutMinutes as version 1's template has it, where it is 5 */
  createJob(jobId: string, timeoutMinutes = 5): void {
    createJob(this.cloud, jobId, [thing], { retries: 0, timeoutMinutes })
  }

  /** How the job's execution ended; undefined where it has not. */
  endOf(jobId: string): string | undefined {
    return this.#ledger.ended.find(one => one.jobId === jobId)?.status
  }

  get isConnected(): boolean {
    return this.core.greengrass.isConnected
  }

  async runFor(minutes: number): Promise<void> {
    const untilMs = this.clock.now() + minutes * minuteMs
    for (;;) {
      await quiet()
      await this.watch.look(this.core)
      const next = this.clock.next()
      if (next === undefined || next > untilMs) break
      this.clock.ring()
    }
    this.clock.after(untilMs - this.clock.now(), () => {})
    this.clock.ring()
  }

  async #addDevice(version: Version): Promise<void> {
    const { keyPem, csr } = await pooledKey(this.#nextKey())
    const identity = { certificatePem: createThing(this.cloud, thing, csr), keyPem }
    this.oldCertificateId = this.attached.join()
    const parts = {
      thing,
      clock: this.clock,
      cloud: this.cloud,
      network: this.#network,
      fates: this.#fates,
      story: this.#story,
      nextKey: () => this.#nextKey(),
      onEdge: (edge: EdgeId) => void this.edges.add(edge),
      onCrash: (error: unknown) => {
        this.crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
      },
    }
    this.#core = new PartnerCore(version, parts, identity)
  }

  #moment(): void {
    const trial = this.#core?.hasReportedSuccess ? undefined : trialOf(this.cloud, thing, this.clock.now())
    const grasp = { thing, openJob: openJobOf(this.cloud, thing), trial }
    const faults = possibleMoments(grasp)
    if (faults.length === 0) return
    const fault = this.#fates.at<MomentFault>({ where: 'in the meantime', thing, faults })
    if (fault !== undefined) act({ cloud: this.cloud, story: this.#story }, grasp, fault)
  }

  #nextKey(): number {
    this.#keys += 1
    return this.#keys - 1
  }
}
