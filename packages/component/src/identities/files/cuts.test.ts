import type { CertificateId } from '@rotator/protocol/ids'
import { beforeAll, describe, expect, test } from 'vitest'
import { inspectIdentity } from '../../keys/inspect-identity.ts'
import { diskWith, storeOn, usualPaths } from '../../testing/device-files.ts'
import { algorithms, execution, type Rotated } from '../../testing/identity-store-contract.ts'
import { withOneKey } from '../../testing/in-process-tasks.ts'
import { cutLeaves, PowerCut, type SimulatedDisk } from '../../testing/simulated-disk.ts'
import { idOf, TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'
import { layoutIn } from './layout.ts'

const authority = new TestAuthority()
const tasks = withOneKey()
let identity: TestIdentity

beforeAll(async () => {
  identity = await authority.identity()
})

/** What the loop does with the store in a rotation, one order after the other, as its journal would resume them. */
class Rotation {
  #next = 0
  #ids: Rotated | undefined
  #csr: string | undefined
  readonly #disk: SimulatedDisk
  readonly #ways: readonly ('new' | 'old')[]

  constructor(disk: SimulatedDisk, ways: readonly ('new' | 'old')[]) {
    this.#disk = disk
    this.#ways = ways
  }

  async run(): Promise<Rotated> {
    const store = storeOn(this.#disk, usualPaths, tasks)
    await store.find()
    const orders = this.#orders()
    for (; this.#next < orders.length; this.#next += 1) await orders[this.#next]?.(store)
    if (this.#ids === undefined) throw new Error('nothing was rotated')
    return this.#ids
  }

  /** Gives the order once more that was interrupted. @returns the certificate that is then to be current */
  async giveAgain(): Promise<CertificateId> {
    const store = storeOn(this.#disk, usualPaths, tasks)
    await this.#orders()[this.#next]?.(store)
    const way = this.#ways[Math.min(this.#next - 2, this.#ways.length - 1)]
    return this.#ids === undefined || way === undefined ? identity.certificateId : this.#ids[way]
  }

  #orders() {
    return [this.#make, this.#check, ...this.#ways.map(way => this.#place(way)), this.#drop]
  }

  readonly #make = async (store: ReturnType<typeof storeOn>): Promise<void> => {
    const made = await store.makePending(execution, algorithms, Date.now())
    if (made.kind !== 'pending-made') throw new Error(made.reason)
    this.#csr = await store.pendingCsr(made.csrDigest)
  }

  readonly #check = async (store: ReturnType<typeof storeOn>): Promise<void> => {
    const digest = (await store.find()).pending
    if (digest === null || this.#csr === undefined) throw new Error('the pending key is lost')
    const pem = await authority.issue(this.#csr)
    const check = await store.checkCertificate(digest, pem, Date.now())
    if (check.kind !== 'certificate-usable') throw new Error(check.kind)
    this.#ids = { old: identity.certificateId, new: idOf(pem) }
  }

  #place(way: 'new' | 'old') {
    return async (store: ReturnType<typeof storeOn>): Promise<void> => {
      if (this.#ids === undefined) throw new Error('nothing was checked')
      const { old, new: made } = this.#ids
      const placement = way === 'new' ? { current: made, previous: old } : { current: old, previous: made }
      await store.place(placement)
    }
  }

  readonly #drop = async (store: ReturnType<typeof storeOn>): Promise<void> => {
    await store.drop()
  }
}

function loadable(disk: SimulatedDisk): CertificateId | undefined {
  const inspection = inspectIdentity(disk, usualPaths)
  return inspection.ok ? inspection.certificateId : undefined
}

/** Nothing is left but one generation, reached from both configured paths, owned as before. */
function expectTidy(disk: SimulatedDisk, id: CertificateId): void {
  expect(loadable(disk)).toBe(id)
  const { identities, current } = layoutIn('/greengrass/v2')
  const names = disk.names(identities).filter(name => name !== 'copies')
  expect(names.sort()).toEqual([disk.readLink(current), 'current'])
  expect(disk.names('/greengrass/v2').sort()).toEqual(['identities', 'privKey.key', 'thingCert.crt'])
  expect(disk.look(disk.resolve(usualPaths.keyPath))).toMatchObject({ mode: 0o640, uid: 7, gid: 9 })
  expect(disk.look(disk.resolve(usualPaths.certificatePath))).toMatchObject({ mode: 0o644, uid: 7, gid: 8 })
}

const backAndForward = ['new', 'old', 'new'] as const
const worstLeaves = ['nothing', 'torn', 'half'] as const
/** Thousands of rotations: seconds on an idle machine. */
const timeoutMs = 120_000
const back = ['new', 'old'] as const
const isByCopies = (disk: SimulatedDisk): boolean =>
  disk.look('/greengrass/v2/identities/copies') !== undefined

describe('identities in files', () => {
  test(
    'D1: what was done by a killed process is made durable before it is relied upon',
    async () => {
      const whole = diskWith(identity)
      await new Rotation(whole, back).run()
      let kills = 0
      for (let at = 0; at < whole.operations.length; at += 1) {
        const disk = diskWith(identity)
        disk.cutBefore = at
        const rotation = new Rotation(disk, back)
        await expect(rotation.run()).rejects.toThrow(PowerCut)
        kills += 1
        disk.restartProcess()
        const promised = await rotation.giveAgain()
        disk.powerUp('nothing')
        expect(loadable(disk), `${at}`).toBe(promised)
      }
      expect(kills).toBe(whole.operations.length)
    },
    timeoutMs,
  )

  test.each([
    ['links', [], backAndForward, cutLeaves],
    ['copies, as the certificate is a mount', [usualPaths.certificatePath], back, worstLeaves],
    ['copies, as the key is a mount', [usualPaths.keyPath], back, worstLeaves],
  ] as const)(
    'D2: survives a power cut before any file operation, by %s',
    async (_name, mounts, ways, leavesTried) => {
      const mounted = (): SimulatedDisk => {
        const disk = diskWith(identity)
        for (const mount of mounts) disk.mountPoints.add(mount)
        return disk
      }
      const whole = mounted()
      await new Rotation(whole, ways).run()
      const operations = whole.operations.length
      expect(operations).toBeGreaterThan(30)
      let cuts = 0
      for (let at = 0; at < operations; at += 1) {
        for (const leaves of leavesTried) {
          const disk = mounted()
          disk.cutBefore = at
          const rotation = new Rotation(disk, ways)
          await expect(rotation.run()).rejects.toThrow(PowerCut)
          cuts += 1
          disk.powerUp(leaves)
          // By links the nucleus can load what it finds at every moment; copies are completed at the next start.
          expect(
            loadable(disk) !== undefined || (mounts.length > 0 && isByCopies(disk)),
            `${at} ${leaves}`,
          ).toBe(true)
          await storeOn(disk).find()
          expect(loadable(disk), `${at} ${leaves}`).toBeDefined()
          expectTidy(disk, (await rotation.run())[ways.at(-1) ?? 'new'])
        }
      }
      expect(cuts).toBe(operations * leavesTried.length)
    },
    timeoutMs,
  )

  test.each(['ENOSPC', 'EIO', 'EROFS'])(
    'D3: %s at any file operation leaves an identity that works, and the order can be given again',
    async code => {
      const whole = diskWith(identity)
      await new Rotation(whole, backAndForward).run()
      for (let at = 0; at < whole.operations.length; at += 1) {
        const disk = diskWith(identity)
        let fired = 0
        disk.failure = () => {
          if (disk.operations.length - 1 !== at) return undefined
          fired += 1
          return code
        }
        const rotation = new Rotation(disk, backAndForward)
        const outcome = await rotation.run().catch((error: unknown) => error)
        expect(fired).toBe(1)
        expect(loadable(disk), `${at} ${code}`).toBeDefined()
        const ids = outcome instanceof Error ? await rotation.run() : (outcome as Rotated)
        expectTidy(disk, ids.new)
      }
    },
    timeoutMs,
  )
})
