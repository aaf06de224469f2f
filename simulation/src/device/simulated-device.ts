import { probeBy } from '@rotator/component/probe/probe'
import { TokenCut } from '@rotator/component/testing/fake-token'
import { type CutLeaves, PowerCut, SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import type { ThingName } from '@rotator/protocol/ids'
import { subscriptions } from '@rotator/protocol/topics'
import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'
import type { Phase } from '@rotator/rotation/device/state'
import { type EdgeId, transitions } from '@rotator/rotation/device/transitions'
import type { LetOut } from '@rotator/rotation/invariants'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'
import { type CutFault, type Fates, type WriteFault, writeFaults } from '../faults/fault.ts'
import type { Network } from '../faults/network.ts'
import { spread } from '../kernel/spread.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import type { IdentityFiles } from './by-hand.ts'
import { ComponentProcess, type RestartFate } from './component-process.ts'
import { componentRestartMs, powerBackMs, probeMs } from './device-times.ts'
import { fileHome } from './file-home.ts'
import { Greengrass } from './greengrass.ts'
import type { IdentityHome } from './identity-home.ts'
import { intentionOn } from './intention.ts'
import { Seen } from './seen.ts'
import { owner } from './simulated-keys.ts'
import { rootFolder, type Stored, workFolder } from './stored-identities.ts'
import { tokenHome } from './token-home.ts'

export interface DeviceParts {
  thing: ThingName
  clock: VirtualClock
  cloud: SimulatedCloud
  network: Network
  fates: Fates
  story: Story
  nextKey: () => number
  random: () => number
  onEdge: (edge: EdgeId, device: SimulatedDevice) => void
  onCrash: (error: unknown) => void
  onLetOut: (where: LetOut, text: string) => void
  /** Where the device's identities are. */
  home: HomeKind
}

export type HomeKind = 'files' | 'token'

/** More than a component that is about to do a job waits for without a word. */
const looksOfLateHsm = 9

const left: Readonly<Record<WriteFault, CutLeaves>> = {
  'power-cut-forgets': 'nothing',
  'power-cut-tears': 'torn',
}

/** A core device: its disk, its Greengrass, and the component in it. */
export class SimulatedDevice {
  readonly thing: ThingName
  readonly kind: HomeKind
  readonly disk = new SimulatedDisk()
  readonly greengrass: Greengrass
  /** What it was provisioned with. */
  readonly first: IdentityFiles
  /** As the component's log told it last. */
  phase: Phase = 'idle'
  /** The certificate that it has sent SUCCEEDED, or a confirmed commit, with: whoever takes that away breaks it. */
  succeededWith: string | undefined
  /** What it asked, heard and tried last. */
  readonly seen = new Seen()
  /** How much the device's clock is ahead. */
  clockErrorMs = 0
  /** Whether the endpoint can be tried at all without Greengrass. */
  isProbePossible: boolean
  /** Whether the probe finds the way that Greengrass takes: its proxy, its root CA. */
  isProbeReaching = true
  /** Changes messages before the component gets them. */
  tamper: ((topic: string, payload: string) => string) | undefined
  /** What becomes of the next restart that is asked for. */
  restartFate: () => RestartFate = () => 'happens'
  /** What is left of what was not synced, where the power goes before the next write to the disk. */
  cutAtWrite: () => CutLeaves | undefined = () => undefined
  /** What a power cut leaves of what was not synced. */
  cutLeaves: CutLeaves = 'nothing'
  readonly #parts: DeviceParts
  readonly #home: IdentityHome
  #component: ComponentProcess | undefined
  readonly #awaited = new Map<Phase, () => void>()
  #isInstalled = true
  #hasIpc = true
  #leaves: CutLeaves = 'nothing'
  #stored: { mark: number; found: Stored } | undefined
  #intention: { mark: number; phase: Phase | undefined } | undefined

  constructor(parts: DeviceParts, identity: IdentityFiles) {
    this.first = identity
    const { thing, cloud } = parts
    this.#parts = parts
    this.thing = thing
    this.kind = parts.home
    this.isProbePossible = parts.home === 'files'
    this.#makeFolders()
    this.#home =
      parts.home === 'files'
        ? fileHome(this.disk, identity, parts.nextKey)
        : tokenHome(identity, parts.nextKey, (operation, where) => this.#losesPower(operation, where))
    this.disk.settleAll()
    this.greengrass = new Greengrass({
      ...parts,
      configured: async () => (this.#home.isThere ? (await this.stored()).current : undefined),
      broker: cloud.broker,
      onUp: () => {
        // It may have been installed since Greengrass came up.
        if (this.#component === undefined) this.#startComponent()
      },
      onDown: () => {
        this.#stopComponent()
      },
      onConnected: () => this.#component?.connected(),
      onMessage: (topic, payload) => {
        this.hear(topic, payload)
      },
    })
    this.disk.cuts = (operation, path) => this.#losesPower(operation, path)
    this.greengrass.restart(0)
  }

  /** Grows with whatever changes in what is stored. */
  get changes(): number {
    return this.disk.changes + this.#home.changes
  }

  /** Looked at anew only where something has changed. */
  async stored(): Promise<Stored> {
    const mark = this.changes
    if (this.#stored?.mark !== mark) this.#stored = { mark, found: await this.#home.stored() }
    return this.#stored.found
  }

  /** As its journal has it now; undefined where there is no usable one. Looked at anew only where something has changed. */
  get intention(): Phase | undefined {
    const mark = this.changes
    if (this.#intention?.mark !== mark) this.#intention = { mark, phase: intentionOn(this.disk) }
    return this.#intention.phase
  }

  /** Calls as the state machine enters that phase next. */
  onceIn(phase: Phase, call: () => void): void {
    this.#awaited.set(phase, call)
  }

  /** A message reaches the component. */
  hear(topic: string, payload: string): void {
    const given = this.tamper?.(topic, payload) ?? payload
    this.seen.heard(topic, given)
    this.#component?.receive(topic, given)
  }

  /** Topic filters' plain forms that the component listens to. */
  get topics(): string[] {
    return subscriptions(this.thing).map(filter => filter.replace('+', 'J1'))
  }

  setIpc(isThere: boolean): void {
    this.#hasIpc = isThere
    this.#component?.setIpc(isThere)
  }

  removeComponent(): void {
    this.#isInstalled = false
    this.#stopComponent()
  }

  installComponent(): void {
    this.#isInstalled = true
    if (this.greengrass.isUp && this.#component === undefined) this.#startComponent()
  }

  cut(fault: CutFault): void {
    switch (fault) {
      case 'component-killed':
        return this.#restartComponent()
      case 'greengrass-restarted':
        return this.greengrass.restart()
      case 'power-cut':
        return this.#losePower(this.cutLeaves)
      case 'power-cut-hsm-late':
        this.#losePower(this.cutLeaves)
        return this.loseHsm(looksOfLateHsm)
    }
  }

  /** Nobody finds the HSM until the component has looked so often. */
  loseHsm(looks: number): void {
    this.#home.hideFor(looks)
  }

  #losePower(leaves: CutLeaves): void {
    this.greengrass.restart(spread(powerBackMs, this.#parts.random))
    this.disk.powerUp(leaves)
  }

  #startComponent(): void {
    if (!this.#isInstalled) return
    this.#component = new ComponentProcess({
      ...this.#parts,
      disk: this.disk,
      store: this.#home.store(),
      greengrass: this.greengrass,
      hasIpc: this.#hasIpc,
      probe: probeBy(async slot => {
        const outcome = await this.#probe(slot)
        this.seen.probed(slot, outcome)
        return outcome
      }),
      clockErrorMs: () => this.clockErrorMs,
      onCut: fault => {
        this.cut(fault)
      },
      cuts: this.#home.cuts,
      onPublish: payload => {
        this.seen.said(payload)
        if (/"status":"SUCCEEDED"|"confirmed":true/u.test(payload))
          this.succeededWith = this.greengrass.loaded
      },
      onPhase: phase => {
        this.phase = phase
      },
      onEdge: edge => {
        const { to } = transitions[edge]
        this.#awaited.get(to)?.()
        this.#awaited.delete(to)
        this.#parts.onEdge(edge, this)
      },
      restartFate: () => this.restartFate(),
      onCrash: error => {
        if (error instanceof PowerCut || error instanceof TokenCut) {
          this.#parts.story.tell(
            'fault',
            `power fails (${this.thing}): ${error.message}, leaves ${this.#leaves}`,
          )
          return this.#losePower(this.#leaves)
        }
        this.#parts.onCrash(error)
        return this.#restartComponent()
      },
    })
  }

  #losesPower(operation: string, path: string): boolean {
    const leaves = this.cutAtWrite() ?? this.#fateOfWrite(operation, path)
    if (leaves === undefined) return false
    this.#leaves = leaves
    return true
  }

  #fateOfWrite(operation: string, path: string): CutLeaves | undefined {
    const { fates, thing } = this.#parts
    if (fates.passes?.() === true) return undefined
    const fault = fates.at<WriteFault>({ where: `before ${operation} ${path}`, thing, faults: writeFaults })
    return fault && left[fault]
  }

  #stopComponent(): void {
    this.#component?.kill()
    this.#component = undefined
  }

  /** Where none runs, Greengrass starts one when it is up, and never a second one beside it. */
  #restartComponent(): void {
    const killed = this.#component
    if (killed === undefined) return
    killed.kill()
    this.#parts.clock.after(spread(componentRestartMs, this.#parts.random), () => {
      if (killed === this.#component) this.#startComponent()
    })
  }

  async #probe(slot: Slot): Promise<ProbeOutcome> {
    await new Promise<void>(resolve => {
      this.#parts.clock.after(spread(probeMs, this.#parts.random), resolve)
    })
    if (!this.greengrass.isOnline || !this.isProbeReaching) return 'unreachable'
    const certificateId = this.isProbePossible ? await this.#home.inSlot(slot) : undefined
    if (certificateId === undefined) return 'impossible'
    const clientId = `${this.thing}#certificate-probe`
    return this.#parts.cloud.broker.accepts({ certificateId, clientId }) ? 'accepted' : 'refused'
  }

  #makeFolders(): void {
    for (const folder of ['/greengrass', rootFolder, `${rootFolder}/work`, workFolder]) {
      this.disk.makeFolder(folder, { mode: 0o755, ...owner })
    }
  }
}
