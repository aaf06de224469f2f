import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { VersionOneDevice } from '@rotator/simulation/version-one/device/device'
import type { IdentityFiles } from '@rotator/simulation/version-one/device/identity-files'
import type { Publication } from '@rotator/simulation/version-one/device/messages'
import type { MqttClient } from 'mqtt'
import { devicePolicyName } from '../fleet/device-policy.ts'
import { factoryIdentity } from '../fleet/identity.ts'
import { connectOnce } from '../operator/presence.ts'
import { fingerprint } from '../operator/proof.ts'
import { createThing, issueCertificate } from '../operator/registry.ts'
import type { Identity } from './device-client.ts'
import type { World } from './world.ts'

/** A core whose component is version 1's model: real files, keys and TLS connections, and no Greengrass in between. */
export interface VersionOneCore {
  thingName: string
  arn: string
  oldCertificateId: string
  /** Of the certificate that Greengrass is configured with now. */
  configured(): string
  isConnected(): boolean
  stop(): Promise<void>
}

/** Version 1 waits for 30 s; here five times shorter, which the backend's functions still answer within. */
const timeScale = 0.2
const retryMs = 200
const restartMs = 200
const subject = 'AWS IoT Certificate'

let made = 0

/**
 * Registers a new thing and starts its core.
 *
 * @param inWords how it says what version 1.2 says
 */
export async function startVersionOneCore(
  world: World,
  inWords = (said: Publication): Publication => said,
): Promise<VersionOneCore> {
  made += 1
  const thingName = `version-one-${made}`
  const { iot } = world.clients
  const { privateKeyPem, csr } = await factoryIdentity(subject)
  const certificate = await issueCertificate(iot, csr)
  await createThing(iot, {
    thingName,
    thingGroupName: 'core-devices',
    policyName: devicePolicyName,
    certificateArn: certificate.certificateArn,
  })
  const files = filesIn(join(world.folder, thingName))
  files.write('certificate', certificate.certificatePem)
  files.write('private-key', privateKeyPem)
  const core = new Core(world, thingName, files, inWords)
  core.start()
  return {
    thingName,
    arn: world.cloud.services.registry.thingArn(thingName),
    oldCertificateId: certificate.certificateId,
    configured: () => fingerprint(files.read('certificate')),
    isConnected: () => core.isConnected,
    stop: async () => core.stop(),
  }
}

function filesIn(folder: string): IdentityFiles {
  mkdirSync(folder)
  return {
    exists: name => existsSync(join(folder, name)),
    read: name => readFileSync(join(folder, name), 'utf8'),
    write: (name, text) => {
      writeFileSync(join(folder, name), text)
    },
    remove: name => {
      rmSync(join(folder, name))
    },
  }
}

/** Connects with what is configured, for as long as it takes, and runs one process of the component a life. */
class Core {
  readonly #world: World
  readonly #thingName: string
  readonly #files: IdentityFiles
  readonly #inWords: (said: Publication) => Publication
  readonly #timers = new Set<NodeJS.Timeout>()
  #client: MqttClient | undefined
  #device: VersionOneDevice | undefined
  #life = 0

  constructor(
    world: World,
    thingName: string,
    files: IdentityFiles,
    inWords: (said: Publication) => Publication,
  ) {
    this.#world = world
    this.#thingName = thingName
    this.#files = files
    this.#inWords = inWords
  }

  get isConnected(): boolean {
    return this.#client?.connected === true
  }

  start(): void {
    this.#life += 1
    void this.#connect(this.#life, this.#loadIdentity())
    this.#device = new VersionOneDevice({
      thing: this.#thingName,
      files: this.#files,
      publish: said => {
        const { topic, payload } = this.#inWords(said)
        if (this.isConnected) this.#client?.publish(topic, JSON.stringify(payload), { qos: 0 })
      },
      subscribe: async filter => this.#subscribe(filter),
      after: (delayMs, task) => this.#after(delayMs * timeScale, task),
      makeKeyAndCsr: async () => {
        const { privateKeyPem, csr } = await factoryIdentity(subject)
        return { privateKeyPem, csrPem: csr }
      },
      restartGreengrass: () => {
        void this.stop().then(() => this.#after(restartMs, () => this.start()))
      },
    })
    void this.#device.start()
  }

  async stop(): Promise<void> {
    this.#life += 1
    this.#device?.kill()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    const client = this.#client
    this.#client = undefined
    await client?.endAsync()
  }

  /** Greengrass reads its identity when it starts, and not again. */
  #loadIdentity(): Identity {
    return {
      certificatePem: this.#files.read('certificate'),
      privateKeyPem: this.#files.read('private-key'),
    }
  }

  async #connect(life: number, identity: Identity): Promise<void> {
    const access = { ...this.#world.mqtt, rootCa: this.#world.rootCa, ...identity }
    while (life === this.#life) {
      try {
        const client = await connectOnce(access, this.#thingName)
        return this.#take(client, life, identity)
      } catch {
        await sleep(retryMs)
      }
    }
  }

  #take(client: MqttClient, life: number, identity: Identity): void {
    if (life !== this.#life) return void client.end(true)
    this.#client = client
    client.on('error', () => undefined)
    client.on('message', (topic, payload) => this.#device?.receive(topic, payload.toString()))
    client.on('close', () => {
      if (this.#client === client) void this.#connect(life, identity)
    })
  }

  /** As Greengrass does it, once it is connected; given up when version 1's component gives up. */
  async #subscribe(filter: string): Promise<boolean> {
    const giveUpAtMs = performance.now() + 30_000 * timeScale
    while (!this.isConnected && performance.now() < giveUpAtMs) await sleep(20)
    if (!this.isConnected) return false
    const grants = await this.#client?.subscribeAsync(filter, { qos: 1 })
    return grants?.every(({ qos }) => qos <= 1) === true
  }

  #after(delayMs: number, task: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      task()
    }, delayMs)
    this.#timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.#timers.delete(timer)
    }
  }
}
