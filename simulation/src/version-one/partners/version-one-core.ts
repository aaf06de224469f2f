import { join } from 'node:path'
import { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import type { SimulatedCloud } from '../../cloud/simulated-cloud.ts'
import { Greengrass } from '../../device/greengrass.ts'
import { pooledKey } from '../../device/key-pool.ts'
import { owner } from '../../device/simulated-keys.ts'
import { paths, rootFolder, storedIdentities, workFolder } from '../../device/stored-identities.ts'
import { type CutFault, cutFaults, type Fates } from '../../faults/fault.ts'
import type { Network } from '../../faults/network.ts'
import type { VirtualClock } from '../../kernel/virtual-clock.ts'
import type { Story } from '../../story/story.ts'
import { VersionOneDevice } from '../device/device.ts'
import type { FileName, IdentityFiles } from '../device/identity-files.ts'
import type { Publication } from '../device/messages.ts'

export interface CoreParts {
  thing: ThingName
  clock: VirtualClock
  cloud: SimulatedCloud
  network: Network
  fates: Fates
  story: Story
  nextKey: () => number
}

const pathOf: Readonly<Record<FileName, string>> = {
  certificate: paths.certificatePath,
  'private-key': paths.keyPath,
  'certificate.bak': join(workFolder, 'certificate.bak'),
  'private_key.bak': join(workFolder, 'private_key.bak'),
}

const subscribeMs = 50
const patienceMs = 30_000
const restartMs = 1_000
const powerBackMs = 30_000
/** When the operating system writes to the disk what nobody synced. */
const writeBackMs = 30_000
const keyMs = 500

class Cut extends Error {
  override readonly name = 'Cut'
}

/** A core device of the simulated world whose component is version 1's. */
export class VersionOneCore {
  readonly disk = new SimulatedDisk()
  readonly greengrass: Greengrass
  /** It has sent SUCCEEDED for its latest key. */
  hasReportedSuccess = false
  readonly #parts: CoreParts
  #device: VersionOneDevice | undefined
  #waiting: (() => void)[] = []

  constructor(parts: CoreParts, identity: { certificatePem: string; keyPem: string }) {
    const { thing, cloud } = parts
    this.#parts = parts
    this.#furnish(identity)
    this.greengrass = new Greengrass({
      ...parts,
      thing,
      stored: () => storedIdentities(this.disk),
      broker: cloud.broker,
      onUp: () => {
        this.#start()
      },
      onDown: () => this.#device?.kill(),
      onPublish: payload => {
        if (payload.includes('"status":"SUCCEEDED"')) this.hasReportedSuccess = true
        if (payload.includes('"csr"')) this.hasReportedSuccess = false
      },
      onConnected: () => {
        for (const resume of this.#waiting.splice(0)) resume()
      },
      onMessage: (topic, payload) => this.#device?.receive(topic, payload),
    })
    this.greengrass.restart(0)
  }

  /** Of the pair that Greengrass is configured with; undefined where it does not belong together. */
  async configured(): Promise<CertificateId | undefined> {
    return (await storedIdentities(this.disk)).current
  }

  /** A process that ended before Greengrass did is taken for finished, however it ended. */
  #cut(fault: CutFault): void {
    switch (fault) {
      case 'component-killed':
        return undefined
      case 'greengrass-restarted':
        return this.greengrass.restart()
      case 'power-cut':
        this.greengrass.restart(powerBackMs)
        return this.disk.powerUp('nothing')
    }
  }

  #start(): void {
    const { thing, clock, story } = this.#parts
    const { greengrass } = this
    const isAlive = () => this.#device === device
    const survives = (where: string) => this.#survives(where, isAlive)
    const device: VersionOneDevice = new VersionOneDevice({
      thing,
      files: this.#files(survives),
      publish: publication => {
        if (!survives(`publishing ${shortOf(publication)}`)) return
        story.tell(thing, `publishes ${shortOf(publication)}`)
        greengrass.publish(publication.topic, JSON.stringify(publication.payload), 0)
      },
      subscribe: () => this.#subscribe(),
      after: (delayMs, task) => {
        const timer = clock.after(delayMs, () => {
          if (isAlive()) task()
        })
        return () => {
          timer.cancel()
        }
      },
      makeKeyAndCsr: async () => {
        const { keyPem, csr } = await pooledKey(this.#parts.nextKey())
        await new Promise<void>(resolve => void clock.after(keyMs, resolve))
        return { privateKeyPem: keyPem, csrPem: csr }
      },
      restartGreengrass: () => {
        const { life } = greengrass
        clock.after(restartMs, () => {
          if (greengrass.life === life) greengrass.restart()
        })
      },
    })
    this.#device = device
    void device.start()
  }

  /** @returns false where the process has ended, or fate has it end here: what it was about to do does not happen */
  #survives(where: string, isAlive: () => boolean): boolean {
    const { fates, thing, story } = this.#parts
    if (!isAlive()) return false
    const fault = fates.at<CutFault>({ where: `before ${where}`, thing, faults: cutFaults })
    if (fault === undefined) return true
    story.tell('fault', `before ${where} (${thing}): ${fault}`)
    this.#device?.kill()
    this.#device = undefined
    this.#cut(fault)
    return false
  }

  async #subscribe(): Promise<boolean> {
    const { clock } = this.#parts
    const isConnected = () => this.greengrass.isConnected
    if (!isConnected()) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
        clock.after(patienceMs, resolve)
      })
    }
    await new Promise<void>(resolve => void clock.after(subscribeMs, resolve))
    return isConnected()
  }

  #files(survives: (where: string) => boolean): IdentityFiles {
    const { disk } = this
    const write = (name: FileName, text: string): void => {
      const bytes = Buffer.from(text)
      if (disk.look(pathOf[name]) === undefined) disk.create(pathOf[name], bytes, { mode: 0o600, ...owner })
      else disk.overwrite(pathOf[name], bytes)
    }
    return {
      exists: name => disk.look(pathOf[name]) !== undefined,
      read: name => disk.read(pathOf[name]).toString(),
      write: (name, text) => {
        if (!survives(`writing ${name}`)) throw new Cut(name)
        write(name, text)
        this.#writeBackLater(name)
      },
      remove: name => {
        if (!survives(`removing ${name}`)) throw new Cut(name)
        disk.removeFile(pathOf[name])
        this.#writeBackLater(name)
      },
    }
  }

  #writeBackLater(name: FileName): void {
    this.#parts.clock.after(writeBackMs, () => {
      for (const path of [pathOf[name], rootFolder, workFolder]) {
        if (this.disk.look(path) !== undefined) this.disk.sync(path)
      }
    })
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

/** `commit`, `update FAILED`: what a story calls a message. */
function shortOf({ topic, payload }: Publication): string {
  const status = 'status' in payload ? ` ${String(payload.status)}` : ''
  return `${topic.split('/').at(-1)}${status}`
}
