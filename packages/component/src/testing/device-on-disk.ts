import type { CertificateId } from '@rotator/protocol/ids'
import type { EffectKind } from '@rotator/rotation/device/effects'
import { decodeJournal } from '@rotator/rotation/device/journal'
import type { Phase } from '@rotator/rotation/device/state'
import { FileIdentityStore } from '../identities/files/file-identity-store.ts'
import { Journal } from '../journal/journal.ts'
import { inspectIdentity } from '../keys/inspect-identity.ts'
import { Alarms } from '../loop/alarms.ts'
import { Loop } from '../loop/loop.ts'
import { Outbox } from '../loop/outbox.ts'
import { perform } from '../loop/performer.ts'
import { noProbe } from '../probe/probe.ts'
import { diskWith, makeFolders, usualPaths } from './device-files.ts'
import { FakeTimers } from './fake-timers.ts'
import { withOneKey } from './in-process-tasks.ts'
import { ScriptedCloud } from './scripted-cloud.ts'
import { serviceDigest, settle, thing } from './simulated-device.ts'
import { type CutLeaves, PowerCut } from './simulated-disk.ts'
import { idOf, TestAuthority, type TestIdentity } from './test-authority.ts'

export const workFolder = '/greengrass/v2/work/component'
const owner = { uid: 0, gid: 0 }

/** What is made once for thousands of devices: keys and certificates take longest. */
export interface Factory {
  identity: TestIdentity
  tasks: ReturnType<typeof withOneKey>
  /** The certificate for the one key. */
  certificatePem: string
}

export async function openFactory(): Promise<Factory> {
  const authority = new TestAuthority()
  const identity = await authority.identity()
  const tasks = withOneKey()
  const disk = diskWith(identity)
  makeFolders(disk, '/pending')
  const made = await tasks(disk).makePending({
    algorithms: { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' },
    currentCertificatePath: usualPaths.certificatePath,
    folder: '/pending',
    ...owner,
  })
  if (!made.ok) throw new Error(made.problem)
  return { identity, tasks, certificatePem: await authority.issue(made.csr) }
}

/** A device of real loop, journal, performer and identity store, all on one disk that can lose power and fail. */
export class DeviceOnDisk {
  readonly disk
  readonly cloud: ScriptedCloud
  readonly lines: [level: string, message: string][] = []
  readonly oldId: CertificateId
  readonly newId: CertificateId
  /** What a power cut leaves of what was not synced. */
  leaves: CutLeaves = 'nothing'
  cuts = 0
  /** Looks at the disk right after a power cut, before the component does. */
  onPowerUp: () => void = () => {}
  /** Sees every order of the state machine before it is carried out. */
  onOrder: (kind: EffectKind) => void = () => {}
  timers = new FakeTimers(Date.now())
  #loop: Loop | undefined
  /** How often Greengrass has been started. */
  greengrassLife = 1
  readonly #factory: Factory

  constructor(factory: Factory) {
    this.#factory = factory
    this.disk = diskWith(factory.identity)
    makeFolders(this.disk, workFolder)
    this.disk.settleAll()
    this.oldId = factory.identity.certificateId
    this.newId = idOf(factory.certificatePem)
    this.cloud = new ScriptedCloud(thing, this.oldId, () => factory.certificatePem)
  }

  /** What the nucleus would connect with; undefined where it could load nothing. */
  get loadable(): CertificateId | undefined {
    const inspection = inspectIdentity(this.disk, usualPaths)
    return inspection.ok ? inspection.certificateId : undefined
  }

  get phase(): Phase | undefined {
    const path = `${workFolder}/journal.json`
    if (this.disk.look(path) === undefined) return undefined
    const decoded = decodeJournal(this.disk.read(path).toString())
    return decoded.ok ? decoded.value.phase : undefined
  }

  /** Starts a process of the component. */
  start(): void {
    this.#loop?.stop()
    this.timers = new FakeTimers(this.timers.now())
    const { disk, timers } = this
    const log = (level: string, message: string): void => void this.lines.push([level, message])
    const store = new FileIdentityStore({ fs: disk, tasks: this.#factory.tasks(disk), paths: usualPaths })
    const outbox = new Outbox({
      publish: async (topic, payload) => {
        for (const reply of this.cloud.receive(topic, payload)) loop.receive(...reply)
      },
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
    const restart = {
      request: async () => {
        setImmediate(() => {
          this.#restartGreengrass()
        })
        return { ok: true } as const
      },
    }
    const performing = { thing, store, probe: noProbe, restart, outbox, alarms, log }
    const loop = new Loop({
      thing,
      service: serviceDigest(this.greengrassLife),
      journal: new Journal(disk, workFolder, owner),
      store,
      outbox,
      perform: async effect => {
        this.onOrder(effect.kind)
        return perform({ ...performing, now: () => timers.now(), deferUpdates: () => {} }, effect)
      },
      configured: async () => ({ keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' }),
      timers,
      log,
      onCrash: error => {
        if (!(error instanceof PowerCut)) throw error
        this.#comeUpAgain()
      },
    })
    this.#loop = loop
    loop.start()
    void outbox.up()
  }

  stop(): void {
    this.#loop?.stop()
  }

  /** @param isOver looked at between any two things that happen; @throws where it does not become true */
  async run(isOver: () => boolean = () => this.cloud.isOver && this.phase === 'idle'): Promise<void> {
    if (this.#loop === undefined) this.start()
    for (let step = 0; step < 1000; step += 1) {
      await settle()
      if (isOver()) return
      const [next] = this.timers.pending()
      if (next !== undefined) this.timers.advance(next)
    }
    throw new Error(`the device does not come to rest: ${this.phase}, ${this.cloud.status}`)
  }

  #restartGreengrass(): void {
    this.greengrassLife += 1
    this.cloud.connected = this.loadable ?? this.cloud.connected
    this.start()
  }

  #comeUpAgain(): void {
    this.cuts += 1
    this.disk.powerUp(this.leaves)
    this.onPowerUp()
    this.#restartGreengrass()
  }
}
