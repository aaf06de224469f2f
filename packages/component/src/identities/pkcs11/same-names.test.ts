import { createPrivateKey } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { FakeObject, FakeToken } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import { prepare, type Rotated } from '../../testing/identity-store-contract.ts'
import { deviceAndStranger, type TestIdentity } from '../../testing/test-authority.ts'
import { lookInto, putPair, storeIn, tokenLabel, tokenLabels, tokenWith } from '../../testing/token-device.ts'

const { authority, issue, identity, other } = await deviceAndStranger()
const old = await authority.identity()
const { pending, previous, versionOneBackup: backup } = tokenLabels
let token: FakeToken

beforeEach(() => {
  token = tokenWith(identity)
})

const prepared = async (): Promise<Rotated> => prepare(storeIn(token), issue)
const install = async ({ old: before, new: made }: Rotated): Promise<void> =>
  storeIn(token).place({ current: made, previous: before })
const rollBack = async ({ old: before, new: made }: Rotated): Promise<void> =>
  storeIn(token).place({ current: before, previous: made })
const objects = (): FakeObject[] => [...token.objects.values()]
const take = (label: string, ...classes: FakeObject['objectClass'][]): void => {
  for (const [handle, object] of token.objects)
    if (object.label === label && (classes.length === 0 || classes.includes(object.objectClass)))
      token.objects.delete(handle)
}
/** Somebody else's, put in now. @returns what tells whether they still are as they were */
function put(name: TestIdentity, ...places: readonly (readonly [string, string])[]): () => void {
  const before = new Set(token.objects.keys())
  for (const [label, id] of places) putPair(token, name, label, id)
  const theirs = [...token.objects].filter(([handle]) => !before.has(handle))
  const copies = theirs.map(([handle, object]): [number, FakeObject] => [handle, { ...object }])
  return () => {
    expect(theirs).toHaveLength(3 * places.length)
    for (const [handle, object] of copies) expect(token.objects.get(handle)).toEqual(object)
  }
}
const putKey = (label: string, id: string, { keyPem }: TestIdentity): void => {
  const key = createPrivateKey(keyPem)
  token.provision({ objectClass: 'private-key', label, id: Buffer.from(id, 'hex'), key })
}
describe("an operator's own copies of the pair in use", () => {
  async function expectRotated(expectKept: () => void): Promise<void> {
    const ids = await prepared()
    await install(ids)
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
    await rollBack(ids)
    expect(await storeIn(token).find()).toMatchObject({ current: ids.old, previous: ids.new })
    await install(ids)
    expectKept()
    await storeIn(token).drop()
    expectKept()
    expect(await storeIn(token).find()).toMatchObject({
      current: ids.new,
      previous: null,
      remark: expect.stringContaining('left alone'),
    })
  }

  test.for(['relabels', 'copies'] as const)(
    'D11: outlive its rotation, and are not taken for OLD, in a token that %s',
    async (way, { task }) => {
      Object.assign(token.can, { relabels: false, copies: false, [way]: true })
      const places = ['01', '07'].flatMap(id => [[pending, id] as const, [backup, id] as const])
      await expectRotated(put(identity, ...places))
      fired(task)
    },
  )

  test('D11: outlive its rotation also where a rotation has made it, and its id', async ({ task }) => {
    const ids = await prepared()
    await install(ids)
    await storeIn(token).drop()
    const held = objects().filter(({ label }) => label === tokenLabel)
    const before = new Set(token.objects.keys())
    for (const label of [pending, backup]) for (const object of held) token.provision({ ...object, label })
    const isCopied = (handle: number): boolean => token.objects.has(handle)
    const copies = [...token.objects.keys()].filter(handle => !before.has(handle))
    await expectRotated(() => expect(copies.filter(isCopied)).toEqual(copies))
    await prepared()
    expect(copies.filter(isCopied)).toEqual(copies)
    fired(task, copies.length)
  })

  test('D11: are not put in its place, as nobody knows what for', async ({ task }) => {
    const expectKept = put(identity, [backup, '07'], [pending, '07'])
    take(tokenLabel, 'certificate')
    expect(await storeIn(token).find()).toMatchObject({ current: null })
    take(tokenLabel)
    expect(await storeIn(token).find()).toMatchObject({ current: null })
    expectKept()
    fired(task)
  })
})

describe('beside a rotation that version 1 began', () => {
  beforeEach(() => {
    for (const objectClass of ['private-key', 'certificate']) {
      const before = new Set(token.objects.keys())
      putPair(token, old, backup, '0102')
      for (const [handle, object] of token.objects)
        if (!before.has(handle) && object.objectClass !== objectClass) token.objects.delete(handle)
    }
  })

  test("D11, D15: somebody else's pairs of the same id are no part of it, and stay", async ({ task }) => {
    const expectKept = put(other, [pending, '01'], [previous, '01'], [backup, '01'])
    const ids = { old: old.certificateId, new: identity.certificateId }
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
    for (const _time of ['once', 'twice']) {
      await rollBack(ids)
      expect(await storeIn(token).find()).toMatchObject({ current: ids.old, previous: ids.new })
      await install(ids)
      expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
    }
    await storeIn(token).drop()
    expectKept()
    expect((await lookInto(token)).complete).toEqual(new Set([ids.new, other.certificateId]))
    fired(task)
  })

  test('D11, D15: a pair of the same id that is put in place by hand is not NEW', async ({ task }) => {
    await storeIn(token).find()
    take(tokenLabel)
    putPair(token, other, tokenLabel, '01')
    expect(await storeIn(token).find()).toMatchObject({
      current: other.certificateId,
      previous: null,
      remark: expect.stringContaining('replaced by hand'),
    })
    fired(task)
  })

  test('D11, D15: a copy of NEW that could not be told from it is told of before anything is done', async ({
    task,
  }) => {
    const expectKept = put(identity, [previous, '01'])
    const before = objects().length
    await expect(storeIn(token).find()).rejects.toMatchObject({
      code: 'HSM_UNSUITABLE',
      message: expect.stringContaining(previous),
    })
    expectKept()
    expect(objects()).toHaveLength(before)
    take(previous)
    expect(await storeIn(token).find()).toMatchObject({ previous: old.certificateId })
    fired(task)
  })

  const isTheirs = ({ key }: FakeObject): boolean => key?.equals(createPrivateKey(other.keyPem)) ?? false

  test('D11, D15: a key that belongs to no certificate is moved, and never destroyed', async ({ task }) => {
    take(tokenLabel)
    putKey(tokenLabel, '01', other)
    expect((await storeIn(token).find()).current).toBe(old.certificateId)
    await storeIn(token).drop()
    expect(objects().filter(isTheirs)).toMatchObject([{ label: pending }])
    fired(task)
  })

  test.for<[string, () => void]>([
    ['was removed', () => take(tokenLabel)],
    [
      'was copied and removed',
      () => {
        take(tokenLabel)
        putKey(pending, '01', other)
      },
    ],
  ])(
    'D11, D15: where such a key cannot be relabelled it is told what to do, and OLD is put back once the key %s',
    async ([, help], { task }) => {
      token.can.relabels = false
      take(tokenLabel)
      putKey(tokenLabel, '01', other)
      const before = objects().map(object => ({ ...object }))
      const told = {
        code: 'HSM_UNSUITABLE',
        message: expect.stringMatching(
          new RegExp(
            `${old.certificateId}\\) lies whole under the label ${backup}.*Copy that key to the label ${pending} .*remove it from the label ${tokenLabel}`,
            'u',
          ),
        ),
      }
      const ids = { old: old.certificateId, new: identity.certificateId }
      await expect(storeIn(token).find()).rejects.toMatchObject(told)
      await expect(rollBack(ids)).rejects.toMatchObject(told)
      await expect(storeIn(token).drop()).rejects.toMatchObject(told)
      expect(objects()).toEqual(before)
      help()
      const kept = objects().filter(isTheirs)
      expect(await storeIn(token).find()).toMatchObject({ current: old.certificateId })
      await storeIn(token).drop()
      expect(objects().filter(isTheirs)).toEqual(kept)
      expect((await lookInto(token)).current).toBe(old.certificateId)
      fired(task)
    },
  )
})

describe('with nothing under the label in use', () => {
  const isOfPair = { objectClass: 'certificate', label: backup } as const

  test.for<[string, () => void]>([
    ['with its public key beside it', () => putPair(token, other, backup, 'aa02')],
    ['with an id of that byte alone', () => putBackup('02')],
    ['of another id', () => putBackup('aa07')],
    [
      'which is there twice',
      () => {
        putBackup('aa02')
        putBackup('aa02')
      },
    ],
    [
      'whose certificate is there twice',
      () => {
        putBackup('aa02')
        token.provision({ ...isOfPair, id: Buffer.from('aa02', 'hex') })
      },
    ],
    [
      'beside a key of another id',
      () => {
        putBackup('aa02')
        putKey(tokenLabel, '01', old)
      },
    ],
    ['without its certificate', () => putKey(backup, 'aa02', other)],
    [
      'without its key',
      () => {
        putBackup('aa02')
        take(backup, 'private-key')
      },
    ],
  ])(
    "D11, D15: a pair under the label of version 1's backup %s is not put in place",
    async ([, putIt], { task }) => {
      take(tokenLabel)
      putIt()
      const before = objects().map(object => ({ ...object }))
      expect(await storeIn(token).find()).toMatchObject({ current: null })
      expect(objects()).toEqual(before)
      fired(task)
    },
  )

  test("D11, D15: nor one that is not the rotation's OLD", async ({ task }) => {
    await prepared()
    take(tokenLabel)
    putBackup('aa02')
    expect(await storeIn(token).find()).toMatchObject({ current: null })
    fired(task)
  })

  function putBackup(id: string): void {
    const before = new Set(token.objects.keys())
    putPair(token, other, backup, id)
    for (const [handle, { objectClass }] of token.objects)
      if (!before.has(handle) && objectClass === 'public-key') token.objects.delete(handle)
  }
})

test("D11: a public key of somebody else's with OLD's id stays, and OLD's own goes", async ({ task }) => {
  const expectKept = put(other, [backup, '01'], [pending, '01'])
  await install(await prepared())
  await storeIn(token).drop()
  expectKept()
  expect(
    objects().filter(({ label, objectClass }) => label === tokenLabel && objectClass === 'public-key'),
  ).toEqual([])
  fired(task)
})

test('D11: from an empty id nothing is derived', async ({ task }) => {
  for (const object of objects()) object.id = Buffer.alloc(0)
  const expectKept = put(other, [backup, '02'], [pending, '01'])
  await install(await prepared())
  await storeIn(token).drop()
  expectKept()
  fired(task)
})

test("D11: a key under the label in use whose certificate lies elsewhere, and is no rotation's, is left there", async ({
  task,
}) => {
  const ids = await prepared()
  const expectKept = put(other, [backup, '07'])
  take(tokenLabel, 'private-key')
  putKey(tokenLabel, '01', other)
  const before = objects().map(object => ({ ...object }))
  await expect(install(ids)).rejects.toMatchObject({
    code: 'INSTALL_FAILED',
    message: expect.stringContaining('somebody is putting another identity in place'),
  })
  expect(objects()).toEqual(before)
  expectKept()
  fired(task)
})

test("D11: what is no certificate is left under the label in use, unless its id is the rotation's", async ({
  task,
}) => {
  const ids = await prepared()
  const torn = objects().find(
    ({ objectClass, label }) => objectClass === 'certificate' && label === tokenLabel,
  )
  if (torn === undefined) throw new Error('nothing to spoil')
  Object.assign(torn, { value: Buffer.from('none'), id: Buffer.from('07', 'hex') })
  const placing = install(ids)
  await expect(placing).rejects.toMatchObject({ code: 'INSTALL_FAILED' })
  expect(objects()).toContain(torn)
  fired(task)
})
