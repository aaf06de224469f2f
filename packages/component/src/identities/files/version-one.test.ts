import { beforeAll, describe, expect, test } from 'vitest'
import { inspectIdentity } from '../../keys/inspect-identity.ts'
import { diskWith, makeFolders, usualPaths } from '../../testing/device-files.ts'
import { fired } from '../../testing/fired.ts'
import { algorithms, execution } from '../../testing/identity-store-contract.ts'
import { inProcessTasks } from '../../testing/in-process-tasks.ts'
import { cutLeaves, PowerCut, type SimulatedDisk } from '../../testing/simulated-disk.ts'
import { TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'
import { FileIdentityStore } from './file-identity-store.ts'
import { versionOneBackups } from './version-one.ts'

const workFolder = '/greengrass/v2/work/aws.greengrass.labs.CertificateRotator'
const backups = versionOneBackups(workFolder)
const ownership = { mode: 0o640, uid: 0, gid: 0 }
const authority = new TestAuthority()
let old: TestIdentity
let made: TestIdentity
let strange: TestIdentity

beforeAll(async () => {
  old = await authority.identity()
  made = await authority.identity()
  strange = await authority.identity()
})

interface Left {
  certificate: string
  key: string
  backup: { certificate?: string; key?: string }
}

/** A disk as a version 1 component left it. */
function diskOf({ certificate, key, backup }: Left): SimulatedDisk {
  const disk = diskWith({ ...old, certificatePem: certificate, keyPem: key })
  makeFolders(disk, workFolder)
  for (const [path, text] of [
    [backups.certificatePath, backup.certificate],
    [backups.keyPath, backup.key],
  ] as const) {
    if (text !== undefined) disk.create(path, Buffer.from(text), ownership)
  }
  disk.settleAll()
  return disk
}

const both = (identity: TestIdentity) => ({ certificate: identity.certificatePem, key: identity.keyPem })
const afterSwitch = (): Left => ({ ...both(made), backup: both(old) })
const halfSwitched = (): Left => ({ ...both(old), certificate: made.certificatePem, backup: both(old) })

const storeOn = (disk: SimulatedDisk) =>
  new FileIdentityStore({ fs: disk, tasks: inProcessTasks(disk), paths: usualPaths, backups })
const loadable = (disk: SimulatedDisk) => inspectIdentity(disk, usualPaths)

describe('D15: what a version 1 component left', () => {
  test('after its switch: OLD is previous, and can be rolled back to and forward from', async ({ task }) => {
    const disk = diskOf(afterSwitch())
    const found = { current: made.certificateId, previous: old.certificateId, newer: 'current' }
    expect(await storeOn(disk).find()).toMatchObject({
      ...found,
      execution: null,
      remark: expect.stringContaining('now finished'),
    })
    expect(disk.names(workFolder)).toEqual([])
    expect(await storeOn(disk).find()).toMatchObject({ ...found, remark: undefined })
    const ids = { new: made.certificateId, old: old.certificateId }
    await storeOn(disk).place({ current: ids.old, previous: ids.new })
    expect(loadable(disk)).toMatchObject({ ok: true, certificateId: ids.old })
    expect(await storeOn(disk).find()).toMatchObject({ current: ids.old, previous: ids.new })
    await storeOn(disk).place({ current: ids.new, previous: ids.old })
    expect(await storeOn(disk).find()).toMatchObject({ current: ids.new, previous: ids.old })
    expect(disk.look(disk.resolve(usualPaths.keyPath))).toMatchObject({ mode: 0o640, uid: 7, gid: 9 })
    fired(task)
  })

  test('in the middle of its switch: OLD is put back', async ({ task }) => {
    const disk = diskOf(halfSwitched())
    expect(loadable(disk).ok).toBe(false)
    expect(await storeOn(disk).find()).toMatchObject({
      current: old.certificateId,
      previous: null,
      remark: expect.stringContaining('the old ones are back'),
    })
    expect(loadable(disk)).toMatchObject({ ok: true, certificateId: old.certificateId })
    expect(disk.look(disk.resolve(usualPaths.keyPath))).toMatchObject({ mode: 0o640, uid: 7, gid: 9 })
    fired(task)
  })

  test('in the middle of its switch, where a mount keeps links out', async () => {
    const disk = diskOf(halfSwitched())
    disk.mountPoints.add(usualPaths.certificatePath)
    await storeOn(disk).find()
    expect(loadable(disk)).toMatchObject({ ok: true, certificateId: old.certificateId })
    expect(disk.look(usualPaths.certificatePath)?.kind).toBe('file')
  })

  test.each<[string, () => Left]>([
    ['before its switch', () => ({ ...both(old), backup: both(old) })],
    [
      'while it made its backup',
      () => ({ ...both(old), backup: { ...both(old), key: old.keyPem.slice(0, 40) } }),
    ],
    [
      'with one half of its backup made, or dropped',
      () => ({ ...both(old), backup: { certificate: old.certificatePem } }),
    ],
  ])('%s: nothing was switched', async (_when, left) => {
    const disk = diskOf(left())
    expect(await storeOn(disk).find()).toMatchObject({
      current: old.certificateId,
      previous: null,
      remark: undefined,
    })
    expect(disk.names(workFolder)).toEqual([])
    expect(await storeOn(disk).makePending(execution, algorithms, Date.now())).toMatchObject({
      kind: 'pending-made',
    })
  })

  test('with neither of both usable is left as it is, and told', async () => {
    const torn = { certificate: old.certificatePem, key: made.keyPem }
    const disk = diskOf({ ...torn, backup: torn })
    expect(await storeOn(disk).find()).toMatchObject({
      current: null,
      remark: expect.stringContaining('does not belong'),
    })
    expect(disk.names(workFolder)).toHaveLength(2)
  })

  test('is left alone while the configured files are missing', async () => {
    const disk = diskOf(afterSwitch())
    disk.removeFile(usualPaths.keyPath)
    expect(await storeOn(disk).find()).toMatchObject({ current: null })
    expect(disk.names(workFolder)).toHaveLength(2)
  })

  test('is over with its rotation: what comes by hand later is no part of it', async () => {
    const disk = diskOf(afterSwitch())
    await storeOn(disk).find()
    await storeOn(disk).place({ current: old.certificateId, previous: made.certificateId })
    await storeOn(disk).drop()
    for (const [path, text] of [
      [usualPaths.certificatePath, strange.certificatePem],
      [usualPaths.keyPath, strange.keyPem],
    ] as const) {
      disk.removeFile(path)
      disk.create(path, Buffer.from(text), ownership)
    }
    expect(await storeOn(disk).find()).toMatchObject({
      current: strange.certificateId,
      previous: null,
      remark: expect.stringContaining('by hand'),
    })
  })

  test.each([
    ['after its switch', afterSwitch, () => [made, old]],
    ['in the middle of its switch', halfSwitched, () => [old, undefined]],
  ] as const)('%s: survives a power cut at every file operation of adopting it', async (_when, left, end) => {
    const whole = diskOf(left())
    await storeOn(whole).find()
    const operations = whole.operations.length
    expect(operations).toBeGreaterThan(10)
    const [current, previous] = end().map(identity => identity?.certificateId ?? null)
    for (let at = 0; at < operations; at += 1) {
      for (const leaves of cutLeaves) {
        const disk = diskOf(left())
        disk.cutBefore = at
        await expect(storeOn(disk).find()).rejects.toThrow(PowerCut)
        disk.powerUp(leaves)
        expect(await storeOn(disk).find(), `${at} ${leaves}`).toMatchObject({
          current,
          previous,
        })
        expect(loadable(disk)).toMatchObject({ ok: true, certificateId: current })
        expect(disk.names(workFolder)).toEqual([])
      }
    }
  })
})
