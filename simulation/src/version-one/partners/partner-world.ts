import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import * as v from 'valibot'
import type { Blueprint } from '../../cloud/blueprint.ts'
import { SimulatedCloud } from '../../cloud/simulated-cloud.ts'
import { pooledKey } from '../../device/key-pool.ts'
import { type DeviceParts, SimulatedDevice } from '../../device/simulated-device.ts'
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
import { VersionOneCore } from './version-one-core.ts'
import { versionOneBlueprint, versionOneFunctions, versionOneInvocations } from './version-one-functions.ts'

export type Version = 'v1' | 'ours'

/** Whose component runs on the device, and whose functions in the cloud. */
export interface Partners {
  device: Version
  backend: Version
  /** What our stack says; not looked at where the backend is version 1's. */
  blueprint: Blueprint
}

const minuteMs = 60_000
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
  readonly #ledger: ExecutionLedger
  readonly #fates: Fates
  readonly #story: Story
  readonly #network: Network
  #core: VersionOneCore | SimulatedDevice | undefined
  #keys = 0
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

  private constructor(
    { backend, blueprint }: Partners,
    fates: Fates,
    storyOf: (clock: VirtualClock) => Story,
  ) {
    const { clock } = this
    this.#story = storyOf(clock)
    this.#fates = { at: point => (this.#areFaultsOver ? undefined : fates.at(point)) }
    const parts = { clock, fates: this.#fates, story: this.#story }
    this.#network = new Network({ ...parts, beforeDelivery: () => this.#moment() })
    this.cloud = new SimulatedCloud({
      ...parts,
      network: this.#network,
      settings: { retireDelaySeconds: 0, retireHoldSeconds: 0, sweepEverySeconds: 900 },
      onCall: () => {},
      onReport: ({ row, passed }) => {
        for (const one of `${row ?? ''}; ${passed ?? ''}`.split('; ')) if (one !== '') this.rows.add(one)
      },
      ...(backend === 'ours'
        ? { blueprint }
        : {
            blueprint: versionOneBlueprint,
            functions: versionOneFunctions,
            invocations: versionOneInvocations,
          }),
    })
    this.#ledger = new ExecutionLedger(this.cloud.broker, () => {})
    prepareAccount(this.cloud)
  }

  get core(): VersionOneCore | SimulatedDevice {
    if (this.#core === undefined) throw new Error('the world has no device yet')
    return this.#core
  }

  /** Of the pair that Greengrass is configured with. */
  async configured(): Promise<string | undefined> {
    return this.core instanceof VersionOneCore ? this.core.configured() : (await this.core.stored()).current
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
    const parts: DeviceParts = {
      thing,
      clock: this.clock,
      cloud: this.cloud,
      network: this.#network,
      fates: this.#fates,
      story: this.#story,
      nextKey: () => this.#nextKey(),
      random: () => 0.5,
      onEdge: (edge, device) => {
        this.edges.add(edge)
        if (edge === 'idle-to-ask') device.hasReportedSuccess = false
      },
      onCrash: error => {
        this.crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
      },
    }
    this.#core = version === 'v1' ? new VersionOneCore(parts, identity) : new SimulatedDevice(parts, identity)
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
