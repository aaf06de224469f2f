import { join } from 'node:path'
import type { SimulatedDisk } from '@rotator/component/testing/simulated-disk'
import type { ThingName } from '@rotator/protocol/ids'
import type { Greengrass } from '../../device/greengrass.ts'
import { pooledKey } from '../../device/key-pool.ts'
import { owner } from '../../device/simulated-keys.ts'
import { paths, rootFolder, workFolder } from '../../device/stored-identities.ts'
import { type CutFault, cutFaults, type Fates } from '../../faults/fault.ts'
import type { VirtualClock } from '../../kernel/virtual-clock.ts'
import type { Story } from '../../story/story.ts'
import { VersionOneDevice } from '../device/device.ts'
import type { FileName, IdentityFiles } from '../device/identity-files.ts'
import type { Publication } from '../device/messages.ts'

export interface VersionOneProcessParts {
  thing: ThingName
  clock: VirtualClock
  disk: SimulatedDisk
  greengrass: Greengrass
  fates: Fates
  story: Story
  nextKey: () => number
  onCut: (fault: CutFault) => void
  /** Of each message that it hands over to Greengrass. */
  onPublish: (payload: string) => void
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
/** When the operating system writes to the disk what nobody synced. */
const writeBackMs = 30_000
const keyMs = 500

class Ended extends Error {
  override readonly name = 'Ended'
}

/** One process of version 1's component in the simulated world. It may end before each write and each message. */
export class VersionOneProcess {
  readonly #parts: VersionOneProcessParts
  readonly #device: VersionOneDevice
  #isAlive = true
  #waiting: (() => void)[] = []

  constructor(parts: VersionOneProcessParts) {
    this.#parts = parts
    const { thing, story, greengrass } = parts
    this.#device = new VersionOneDevice({
      thing,
      files: this.#files(),
      publish: publication => {
        if (!this.#survives(`publishing ${shortOf(publication)}`)) return
        story.tell(thing, `publishes ${shortOf(publication)}`)
        const payload = JSON.stringify(publication.payload)
        parts.onPublish(payload)
        greengrass.publish(publication.topic, payload, 0)
      },
      subscribe: () => this.#subscribe(),
      after: (delayMs, task) => this.#after(delayMs, task),
      makeKeyAndCsr: async () => {
        const { keyPem, csr } = await pooledKey(parts.nextKey())
        await this.#pause(keyMs)
        return { privateKeyPem: keyPem, csrPem: csr }
      },
      restartGreengrass: () => {
        const { life } = greengrass
        this.#after(restartMs, () => {
          if (greengrass.life === life) greengrass.restart()
        })
      },
    })
    void this.#device.start()
  }

  receive(topic: string, payload: string): void {
    if (this.#isAlive) this.#device.receive(topic, payload)
  }

  connected(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  kill(): void {
    this.#isAlive = false
    this.#device.kill()
  }

  /** @returns false where the process has ended, or ends here: what it was about to do does not happen */
  #survives(where: string): boolean {
    const { fates, thing, story, onCut } = this.#parts
    if (!this.#isAlive) return false
    const fault = fates.at<CutFault>({ where: `before ${where}`, thing, faults: cutFaults })
    if (fault === undefined) return this.#isAlive
    story.tell('fault', `before ${where} (${thing}): ${fault}`)
    this.kill()
    onCut(fault)
    return false
  }

  async #subscribe(): Promise<boolean> {
    const { greengrass } = this.#parts
    if (!greengrass.isConnected) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
        this.#after(patienceMs, resolve)
      })
    }
    await this.#pause(subscribeMs)
    return greengrass.isConnected
  }

  /** What a dead process waits for never comes. */
  #after(delayMs: number, task: () => void): () => void {
    const timer = this.#parts.clock.after(delayMs, () => {
      if (this.#isAlive) task()
    })
    return () => {
      timer.cancel()
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise(resolve => void this.#after(delayMs, resolve))
  }

  #files(): IdentityFiles {
    const { disk } = this.#parts
    const change = (name: FileName, what: string, apply: (path: string) => void): void => {
      if (!this.#survives(`${what} ${name}`)) throw new Ended(name)
      apply(pathOf[name])
      this.#writeBackLater(pathOf[name])
    }
    return {
      exists: name => disk.look(pathOf[name]) !== undefined,
      read: name => disk.read(pathOf[name]).toString(),
      write: (name, text) => {
        change(name, 'writing', path => {
          if (disk.look(path) === undefined) disk.create(path, Buffer.from(text), { mode: 0o600, ...owner })
          else disk.overwrite(path, Buffer.from(text))
        })
      },
      remove: name => {
        change(name, 'removing', path => {
          disk.removeFile(path)
        })
      },
    }
  }

  #writeBackLater(changed: string): void {
    const { clock, disk } = this.#parts
    clock.after(writeBackMs, () => {
      for (const path of [changed, rootFolder, workFolder]) if (disk.look(path) !== undefined) disk.sync(path)
    })
  }
}

/** `commit`, `update FAILED`: what a story calls a message. */
function shortOf({ topic, payload }: Publication): string {
  const status = 'status' in payload ? ` ${String(payload.status)}` : ''
  return `${topic.split('/').at(-1)}${status}`
}
