import { beforeAll, describe, expect, test } from 'vitest'
import { inspectIdentity } from '../../keys/inspect-identity.ts'
import { diskWith, makeFolders, storeOn, usualPaths } from '../../testing/device-files.ts'
import { fired } from '../../testing/fired.ts'
import { algorithms, execution, prepare } from '../../testing/identity-store-contract.ts'
import { inProcessTasks } from '../../testing/in-process-tasks.ts'
import type { SimulatedDisk } from '../../testing/simulated-disk.ts'
import { encrypted, TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'
import { FileIdentityStore } from './file-identity-store.ts'

const authority = new TestAuthority()
const issue = async (csr: string): Promise<string> => authority.issue(csr)
let identity: TestIdentity
let other: TestIdentity

beforeAll(async () => {
  identity = await authority.identity()
  other = await authority.identity()
})

const { certificatePath, keyPath } = usualPaths
const root = { uid: 0, gid: 0 }

function put(disk: SimulatedDisk, path: string, text: string, mode = 0o600): void {
  if (disk.look(path) !== undefined) disk.removeFile(path)
  disk.create(path, Buffer.from(text), { mode, ...root })
}

const text = (disk: SimulatedDisk, path: string): string => disk.read(path).toString()

describe('adopting what is configured', () => {
  test('the paths become links through one link, and lead to the same bytes', async () => {
    const disk = diskWith(identity)
    await storeOn(disk).makePending(execution, algorithms, Date.now())
    expect(disk.readLink(certificatePath)).toBe('identities/current/certificate.pem')
    expect(disk.readLink(keyPath)).toBe('identities/current/private-key.pem')
    expect(disk.readLink('/greengrass/v2/identities/current')).toBe('1')
    expect(text(disk, certificatePath)).toBe(identity.certificatePem)
    expect(text(disk, keyPath)).toBe(identity.keyPem)
  })

  test('a path that is already a link stays one, and what it leads to is replaced', async () => {
    const paths = { certificatePath: '/data/certs/device.pem', keyPath: '/data/keys/device.key' }
    const disk = diskWith(identity, paths)
    makeFolders(disk, '/greengrass/v2')
    disk.link('/data/certs/device.pem', certificatePath)
    disk.link('../../data/keys/device.key', keyPath)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    await store.place({ current: ids.new, previous: ids.old })
    expect(disk.readLink(certificatePath)).toBe('/data/certs/device.pem')
    expect(disk.readLink(paths.certificatePath)).toBe('identities/current/certificate.pem')
    expect(disk.readLink(paths.keyPath)).toBe('../certs/identities/current/private-key.pem')
    expect(await storeOn(disk).find()).toMatchObject({
      current: ids.new,
      previous: ids.old,
      remark: undefined,
    })
  })

  test('links that lead in a circle are told', async () => {
    const disk = diskWith(identity)
    disk.removeFile(certificatePath)
    disk.link('thingCert.crt', certificatePath)
    const outcome = await storeOn(disk).makePending(execution, algorithms, Date.now())
    expect(outcome).toMatchObject({ code: 'IDENTITY_UNUSABLE', reason: expect.stringContaining('circle') })
    await expect(storeOn(disk).pendingCsr('' as never)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })

  test('an encrypted key is refused, and everything is left as it was', async () => {
    const disk = diskWith({ ...identity, keyPem: encrypted(identity.keyPem) })
    expect(await storeOn(disk).makePending(execution, algorithms, Date.now())).toMatchObject({
      kind: 'pending-not-made',
      code: 'IDENTITY_UNUSABLE',
      reason: expect.stringContaining('passphrase'),
    })
    expect(disk.operations).toEqual([])
  })

  test('too little space is refused before anything is made', async () => {
    const disk = diskWith(identity)
    disk.free = 1000
    expect(await storeOn(disk).makePending(execution, algorithms, Date.now())).toMatchObject({
      code: 'STORAGE_FAILED',
      reason: expect.stringMatching(/Only 1000 bytes are free/u),
    })
    expect(disk.operations).toEqual([])
  })

  test('a read-only folder is refused with what to do', async () => {
    const disk = diskWith(identity)
    disk.failure = () => 'EROFS'
    expect(await storeOn(disk).makePending(execution, algorithms, Date.now())).toMatchObject({
      code: 'STORAGE_FAILED',
      reason: expect.stringMatching(/prepare the rotation.*EROFS.*mount it writable/u),
    })
  })

  test('files that can neither be replaced nor written over are refused, and nothing is linked', async () => {
    for (const path of [certificatePath, keyPath]) {
      const disk = diskWith(identity)
      disk.mountPoints.add(path)
      disk.readOnly.add(path)
      expect(await storeOn(disk).makePending(execution, algorithms, Date.now())).toMatchObject({
        code: 'STORAGE_FAILED',
        reason: expect.stringContaining('mount its folder instead'),
      })
      expect([disk.look(certificatePath)?.kind, disk.look(keyPath)?.kind]).toEqual(['file', 'file'])
    }
  })

  test('a key that cannot be made is reported', async () => {
    const disk = diskWith(identity)
    const makePending = async () => ({ ok: false, problem: 'No entropy.' }) as const
    const store = new FileIdentityStore({
      fs: disk,
      tasks: { ...inProcessTasks(disk), makePending },
      paths: usualPaths,
    })
    expect(await store.makePending(execution, algorithms, Date.now())).toEqual({
      kind: 'pending-not-made',
      code: 'KEY_GENERATION_FAILED',
      reason: 'No entropy.',
    })
    const buggy = async (): Promise<never> => Promise.reject(new TypeError('bug'))
    const faulty = new FileIdentityStore({
      fs: disk,
      tasks: { ...inProcessTasks(disk), makePending: buggy },
      paths: usualPaths,
    })
    await expect(faulty.makePending(execution, algorithms, Date.now())).rejects.toThrow(TypeError)
  })
})

describe('owners and modes', () => {
  test.each([
    ['a key for its owner only lets the folder be as open as that of the certificate', 0o600, 0o750, 0o755],
    ['a key for its group keeps the protection of its folder', 0o640, 0o750, 0o750],
    ['nobody gets to write into a folder of ours', 0o644, 0o777, 0o755],
  ])('%s', async (_name, keyMode, folderMode, expected) => {
    const paths = { certificatePath: '/etc/certs/c.pem', keyPath: '/etc/keys/k.pem' }
    const disk = diskWith(identity, paths)
    disk.own('/etc/keys', { mode: folderMode, uid: 5, gid: 6 })
    disk.own(paths.keyPath, { mode: keyMode, uid: 5, gid: 6 })
    await storeOn(disk, paths).makePending(execution, algorithms, Date.now())
    expect(disk.look('/etc/certs/identities/1')?.mode).toBe(expected)
    expect(disk.look('/etc/certs/identities/1/private-key.pem')).toMatchObject({
      mode: keyMode,
      uid: 5,
      gid: 6,
    })
  })

  test('a key that only a folder further up protects stays protected', async () => {
    const paths = { certificatePath: '/etc/certs/c.pem', keyPath: '/secret/keys/k.pem' }
    const disk = diskWith(identity, paths)
    disk.own('/secret', { mode: 0o700, ...root })
    disk.own(paths.keyPath, { mode: 0o644, ...root })
    await storeOn(disk, paths).makePending(execution, algorithms, Date.now())
    expect(disk.look('/etc/certs/identities/1')?.mode).toBe(0o750)
  })

  test('D11: an owner that was changed between the attempts is respected', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    disk.own(keyPath, { mode: 0o440, uid: 11, gid: 12 })
    await store.place({ current: ids.new, previous: ids.old })
    expect(disk.look(disk.resolve(keyPath))).toMatchObject({ mode: 0o440, uid: 11, gid: 12 })
  })
})

describe('D11: files changed by hand', () => {
  test('a new identity in place of the links starts the next rotation, and is what is kept', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    await store.makePending(execution, algorithms, Date.now())
    put(disk, certificatePath, other.certificatePem)
    put(disk, keyPath, other.keyPem)
    expect(await store.find()).toMatchObject({
      current: other.certificateId,
      previous: null,
      execution: null,
      remark: expect.stringContaining('replaced by hand'),
    })
    const ids = await prepare(store, issue)
    expect(ids.old).toBe(other.certificateId)
    await store.drop()
    expect(await store.find()).toMatchObject({ current: other.certificateId, previous: null })
  })

  test('links that were removed are explained, and come back with the next switch', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    disk.removeFile(certificatePath)
    disk.removeFile(keyPath)
    expect(await store.find()).toMatchObject({
      current: null,
      remark: expect.stringContaining('does not exist'),
    })
    await expect(store.drop()).rejects.toMatchObject({
      message: expect.stringContaining('every stored identity is kept'),
    })
    await store.place({ current: ids.new, previous: ids.old })
    expect(await store.find()).toMatchObject({ current: ids.new, previous: ids.old })
  })

  test('a folder that is gone is told, and nothing is made of it', async () => {
    const disk = diskWith(identity)
    const paths = { ...usualPaths, keyPath: '/no/such/key.pem' }
    expect(await storeOn(disk, paths).find()).toMatchObject({
      current: null,
      pending: null,
      previous: null,
      remark: expect.stringContaining('/no/such/key.pem'),
    })
  })

  test('even the one link may be gone, or lead nowhere', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    disk.removeFile('/greengrass/v2/identities/current')
    expect(await store.find()).toMatchObject({ current: null })
    disk.link('9', '/greengrass/v2/identities/current')
    expect(await store.find()).toMatchObject({ current: null })
    await store.place({ current: ids.new, previous: ids.old })
    expect(await store.find()).toMatchObject({ current: ids.new })
  })

  test('one link that was replaced by the same file is put back without touching the other', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    put(disk, certificatePath, identity.certificatePem)
    await store.place({ current: ids.new, previous: ids.old })
    expect(disk.look(certificatePath)?.kind).toBe('link')
    expect((await store.find()).current).toBe(ids.new)
  })

  test('a certificate that does not fit its key is told, and everything stored stays', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    await prepare(store, issue)
    put(disk, certificatePath, other.certificatePem)
    expect(await store.find()).toMatchObject({
      current: null,
      remark: expect.stringContaining('does not belong'),
    })
    await expect(store.drop()).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' })
  })

  test('an identity of which nothing but its files is left can be asked for once more', async () => {
    const disk = diskWith(identity)
    await expect(
      storeOn(disk).place({ current: identity.certificateId, previous: other.certificateId }),
    ).resolves.toBeUndefined()
  })

  test('a stored identity whose files no longer fit is not switched to', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    disk.overwrite('/greengrass/v2/identities/pending/private-key.pem', Buffer.from(other.keyPem))
    await expect(store.place({ current: ids.new, previous: ids.old })).rejects.toMatchObject({
      code: 'IDENTITY_LOST',
      message: expect.stringContaining('does not belong'),
    })
    expect((await store.find()).current).toBe(ids.old)
  })

  test('D18: a way back whose key was damaged is lost, and one that cannot be read now is not', async ({
    task,
  }) => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    await store.place({ current: ids.new, previous: ids.old })
    const back = { current: ids.old, previous: ids.new }
    const key = '/greengrass/v2/identities/1/private-key.pem'
    let met = 0
    for (const code of ['EIO', 'EACCES']) {
      const read = (path: string): Buffer => {
        if (path !== key) return disk.read(path)
        met += 1
        throw Object.assign(new Error(`${code}: ${path}`), { code })
      }
      const resolve = (path: string): string => disk.resolve(path)
      const failing = storeOn(disk, usualPaths, () => ({
        ...inProcessTasks(disk),
        inspectIdentity: async paths => inspectIdentity({ read, resolve }, paths),
      }))
      await expect(failing.place(back)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    }
    expect(met).toBe(2)
    fired(task, met)
    disk.overwrite(key, Buffer.from(other.keyPem))
    await expect(store.place(back)).rejects.toMatchObject({ code: 'IDENTITY_LOST' })
    expect((await store.find()).current).toBe(ids.new)
  })

  test('a pending certificate that is broken or gone is not switched to', async () => {
    for (const break_ of ['certificate.pem', 'private-key.pem'] as const) {
      const disk = diskWith(identity)
      const store = storeOn(disk)
      const ids = await prepare(store, issue)
      disk.removeFile(`/greengrass/v2/identities/pending/${break_}`)
      if (break_ === 'certificate.pem') put(disk, `/greengrass/v2/identities/pending/${break_}`, 'garbage')
      await expect(store.place({ current: ids.new, previous: ids.old })).rejects.toMatchObject({
        message: expect.stringContaining('not stored any more'),
      })
    }
  })

  test('files of others in a folder of ours stay, as does a note that cannot be read', async () => {
    const disk = diskWith(identity)
    const store = storeOn(disk)
    const ids = await prepare(store, issue)
    await store.place({ current: ids.new, previous: ids.old })
    put(disk, '/greengrass/v2/identities/1/notes.txt', 'mine')
    put(disk, '/greengrass/v2/identities/2/execution.json', 'garbage')
    expect((await store.find()).execution).toBeNull()
    await store.drop()
    expect(disk.names('/greengrass/v2/identities/1')).toEqual(['notes.txt'])
    put(disk, '/greengrass/v2/identities/2/certificate.pem', 'garbage')
    expect(await store.find()).toMatchObject({ current: null })
  })
})

describe('where links cannot serve', () => {
  async function byCopies(): Promise<SimulatedDisk> {
    const disk = diskWith(identity)
    disk.mountPoints.add(certificatePath)
    disk.mountPoints.add(keyPath)
    await storeOn(disk).makePending(execution, algorithms, Date.now())
    return disk
  }

  test('a whole identity put there by hand is respected and adopted at the start', async () => {
    const disk = await byCopies()
    disk.overwrite(certificatePath, Buffer.from(other.certificatePem))
    disk.overwrite(keyPath, Buffer.from(other.keyPem))
    expect(await storeOn(disk).find()).toMatchObject({
      current: other.certificateId,
      remark: expect.stringContaining('replaced by hand'),
    })
    expect(await storeOn(disk).find()).toMatchObject({ current: other.certificateId, previous: null })
  })

  test.each([
    ['certificate', certificatePath],
    ['key', keyPath],
  ])('D2: a torn %s is completed at the start, which is told', async (_name, path) => {
    const disk = await byCopies()
    disk.overwrite(path, disk.read(path).subarray(0, 20))
    expect(await storeOn(disk).find()).toMatchObject({
      current: identity.certificateId,
      remark: expect.stringContaining('complete again'),
    })
  })

  test('D3: a torn file that cannot be completed is told and tried again', async () => {
    const disk = await byCopies()
    disk.overwrite(keyPath, Buffer.from('torn'))
    disk.failure = operation => (operation === 'overwrite' ? 'EIO' : undefined)
    expect(await storeOn(disk).find()).toMatchObject({ current: null })
    disk.failure = undefined
    expect(await storeOn(disk).find()).toMatchObject({ current: identity.certificateId })
  })

  test('a switch repairs files that are torn at that moment', async () => {
    const disk = await byCopies()
    disk.overwrite(keyPath, Buffer.from('torn'))
    const placement = { current: identity.certificateId, previous: other.certificateId }
    await storeOn(disk).place(placement)
    expect(text(disk, keyPath)).toBe(identity.keyPem)
  })

  test('files that can be replaced again become links again', async () => {
    const disk = await byCopies()
    disk.mountPoints.clear()
    await storeOn(disk).makePending(execution, algorithms, Date.now())
    expect(disk.look(keyPath)?.kind).toBe('link')
    expect(disk.look('/greengrass/v2/identities/copies')).toBeUndefined()
  })

  test('a fault of ours is not told as one of the disk', async () => {
    const disk = await byCopies()
    disk.read = () => {
      throw new TypeError('bug')
    }
    await expect(storeOn(disk).find()).rejects.toThrow(TypeError)
  })
})
