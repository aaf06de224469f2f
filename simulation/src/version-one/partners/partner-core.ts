import { probeBy } from '@rotator/component/probe/probe'
import { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { SimulatedCloud } from '../../cloud/simulated-cloud.ts'
import { ComponentProcess } from '../../device/component-process.ts'
import { componentRestartMs, powerBackMs, probeMs } from '../../device/device-times.ts'
import { fileStore } from '../../device/file-home.ts'
import { Greengrass } from '../../device/greengrass.ts'
import { owner } from '../../device/simulated-keys.ts'
import { certificateInSlot } from '../../device/slots.ts'
import {
  paths,
  rootFolder,
  type Stored,
  storedIdentities,
  workFolder,
} from '../../device/stored-identities.ts'
import { type CutFault, cutFaults, type Fates } from '../../faults/fault.ts'
import type { Network } from '../../faults/network.ts'
import type { VirtualClock } from '../../kernel/virtual-clock.ts'
import type { Story } from '../../story/story.ts'
import { VersionOneProcess } from './version-one-process.ts'

export type Version = 'v1' | 'ours'

export interface PartnerCoreParts {
  thing: ThingName
  clock: VirtualClock
  cloud: SimulatedCloud
  network: Network
  fates: Fates
  story: Story
  nextKey: () => number
  onEdge: (edge: EdgeId) => void
  onCrash: (error: unknown) => void
}

/** A core device whose component is of either version, and may be replaced by the other one. */
export class PartnerCore {
  readonly disk = new SimulatedDisk()
  readonly greengrass: Greengrass
  /** It has sent SUCCEEDED, or a confirmed commit, for its latest key. */
  hasReportedSuccess = false
  readonly #parts: PartnerCoreParts
  #version: Version
  #process: ComponentProcess | VersionOneProcess | undefined
  #stored: { mark: number; found: Stored } | undefined

  constructor(
    version: Version,
    parts: PartnerCoreParts,
    identity: { certificatePem: string; keyPem: string },
  ) {
    this.#version = version
    this.#parts = parts
    this.#furnish(identity)
    this.greengrass = new Greengrass({
      ...parts,
      configured: () => this.configured(),
      broker: parts.cloud.broker,
      onUp: () => {
        this.#start()
      },
      onDown: () => {
        this.#process?.kill()
        this.#process = undefined
      },
      onConnected: () => this.#process?.connected(),
      onMessage: (topic, payload) => this.#process?.receive(topic, payload),
    })
    this.greengrass.restart(0)
  }

  get version(): Version {
    return this.#version
  }

  /** Looked at anew only where the disk has changed. */
  async stored(): Promise<Stored> {
    const mark = this.disk.changes
    if (this.#stored?.mark !== mark) this.#stored = { mark, found: await storedIdentities(this.disk) }
    return this.#stored.found
  }

  /** Of the pair that Greengrass is configured with; undefined where it does not belong together. */
  async configured(): Promise<CertificateId | undefined> {
    return (await this.stored()).current
  }

  /** A deployment puts the other version in the place of this one. Greengrass itself goes on. */
  become(version: Version): void {
    if (version === this.#version) return
    this.#parts.story.tell('operator', `deploys version ${version} of the component`)
    this.#version = version
    this.#startAgainSoon()
  }

  #start(): void {
    const onPublish = (payload: string) => {
      if (/"status":"SUCCEEDED"|"confirmed":true/u.test(payload)) this.hasReportedSuccess = true
      if (payload.includes('"csr"')) this.hasReportedSuccess = false
    }
    const parts = { ...this.#parts, disk: this.disk, greengrass: this.greengrass, onPublish }
    const onCut = (fault: CutFault) => {
      this.#cut(fault)
    }
    this.#process =
      this.#version === 'v1'
        ? new VersionOneProcess({ ...parts, onCut })
        : new ComponentProcess({
            ...parts,
            store: fileStore(this.disk, this.#parts.nextKey),
            onCut,
            cuts: cutFaults,
            probe: probeBy(slot => this.#probe(slot)),
            hasIpc: true,
            onPhase: () => {},
            random: () => 0.5,
            clockErrorMs: () => 0,
            restartFate: () => 'happens',
            onCrash: error => {
              this.#parts.onCrash(error)
              this.#startAgainSoon()
            },
          })
    if (this.greengrass.isConnected) this.#process.connected()
  }

  #cut(fault: CutFault): void {
    switch (fault) {
      case 'component-killed':
        // The script that runs version 1 ends with 0 however its program ended: it is not started again.
        return this.#version === 'ours' ? this.#startAgainSoon() : undefined
      case 'greengrass-restarted':
        return this.greengrass.restart()
      case 'power-cut':
      // Its identity is in files, which are never late.
      case 'power-cut-hsm-late':
        this.greengrass.restart(powerBackMs)
        return this.disk.powerUp('nothing')
    }
  }

  #startAgainSoon(): void {
    const killed = this.#process
    if (killed === undefined) return
    killed.kill()
    this.#parts.clock.after(componentRestartMs, () => {
      if (killed === this.#process) this.#start()
    })
  }

  async #probe(slot: Slot): Promise<ProbeOutcome> {
    const { clock, cloud, thing } = this.#parts
    await new Promise<void>(resolve => void clock.after(probeMs, resolve))
    const certificateId = await certificateInSlot(this, slot)
    if (certificateId === undefined) return 'impossible'
    const clientId = `${thing}#certificate-probe`
    return cloud.broker.accepts({ certificateId, clientId }) ? 'accepted' : 'refused'
  }

  #furnish({ certificatePem, keyPem }: { certificatePem: string; keyPem: string }): void {
    for (const folder of ['/greengrass', rootFolder, `${rootFolder}/work`, workFolder]) {
      this.disk.makeFolder(folder, { mode: 0o755, ...owner })
    }
    this.disk.create(paths.certificatePath, Buffer.from(certificatePem), { mode: 0o644, ...owner })
    this.disk.create(paths.keyPath, Buffer.from(keyPem), { mode: 0o600, ...owner })
    this.disk.settleAll()
  }
}
