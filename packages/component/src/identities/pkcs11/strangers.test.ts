import { createPrivateKey } from 'node:crypto'
import type { CertificateId } from '@rotator/protocol/ids'
import { beforeEach, describe, expect, test } from 'vitest'
import type { FakeObject, FakeToken } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import { algorithms, execution, prepare, type Rotated } from '../../testing/identity-store-contract.ts'
import { deviceAndStranger } from '../../testing/test-authority.ts'
import {
  derOf,
  inventory,
  lookInto,
  putPair,
  storeIn,
  tokenLabel,
  tokenLabels,
  tokenWith,
} from '../../testing/token-device.ts'

const { issue, identity, other } = await deviceAndStranger()
let token: FakeToken

beforeEach(() => {
  token = tokenWith(identity)
})

const take = (objectClass: FakeObject['objectClass'], label: string): FakeObject[] =>
  [...token.objects].flatMap(([handle, object]) => {
    if (object.objectClass !== objectClass || object.label !== label) return []
    token.objects.delete(handle)
    return [object]
  })
const putKey = (label: string, id: string): number =>
  token.provision({
    objectClass: 'private-key',
    label,
    id: Buffer.from(id, 'hex'),
    key: createPrivateKey(other.keyPem),
  })
const putCertificate = (label: string, id: string): number =>
  token.provision({
    objectClass: 'certificate',
    label,
    id: Buffer.from(id, 'hex'),
    value: derOf(other.certificatePem),
  })
const make = async () => storeIn(token).makePending(execution, algorithms, Date.now())
const place = async ({ old, new: made }: Rotated): Promise<void> =>
  storeIn(token).place({ current: made, previous: old })
const rollBack = async ({ old, new: made }: Rotated): Promise<void> =>
  storeIn(token).place({ current: old, previous: made })

/** The operator's pair is found, and the rotation leaves it alone. */
async function expectLeftAlone(ids: Rotated): Promise<void> {
  expect((await storeIn(token).find()).current).toBe(other.certificateId)
  await expect(place(ids)).rejects.toMatchObject({ code: 'INSTALL_FAILED', lookAgain: true })
  await storeIn(token).drop()
  expect((await lookInto(token)).complete).toEqual(new Set<CertificateId>([other.certificateId]))
}

describe('somebody who is just putting another identity in place', () => {
  test.for(['relabels', 'copies'] as const)(
    'D11: with its key first is not disturbed by a switch of a token that %s',
    async (way, { task }) => {
      Object.assign(token.can, { relabels: false, copies: false, [way]: true })
      const ids = await prepare(storeIn(token), issue)
      take('private-key', tokenLabel)
      putKey(tokenLabel, '01')
      const before = inventory(token)
      await expect(place(ids)).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        lookAgain: false,
        message: expect.stringContaining('belongs to no certificate'),
      })
      await expect(storeIn(token).drop()).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' })
      expect(inventory(token)).toEqual(before)
      take('certificate', tokenLabel)
      await expect(place(ids)).rejects.toMatchObject({ code: 'INSTALL_FAILED' })
      expect(await storeIn(token).find()).toMatchObject({ current: null })
      putCertificate(tokenLabel, '01')
      await expectLeftAlone(ids)
      fired(task)
    },
  )

  test('D11: with its key first is not disturbed by the repair of a switch that was cut', async ({
    task,
  }) => {
    const ids = await prepare(storeIn(token), issue)
    const [key] = take('private-key', tokenLabel)
    if (key === undefined) throw new Error('no key')
    token.provision({ ...key, label: tokenLabels.previous })
    putKey(tokenLabel, '01')
    const before = inventory(token)
    expect(await storeIn(token).find()).toMatchObject({ current: null })
    expect(inventory(token)).toEqual(before)
    take('certificate', tokenLabel)
    putCertificate(tokenLabel, '01')
    await expectLeftAlone(ids)
    fired(task)
  })

  test('D11: with its certificate first is not disturbed by a switch', async ({ task }) => {
    const ids = await prepare(storeIn(token), issue)
    take('certificate', tokenLabel)
    take('private-key', tokenLabel)
    putCertificate(tokenLabel, '01')
    const before = inventory(token)
    await expect(place(ids)).rejects.toMatchObject({
      code: 'INSTALL_FAILED',
      lookAgain: false,
      message: expect.stringContaining(other.certificateId),
    })
    expect(inventory(token)).toEqual(before)
    putKey(tokenLabel, '01')
    await expectLeftAlone(ids)
    fired(task)
  })
})

describe('somebody who puts OLD into the token anew in the middle of a rotation', () => {
  const rename = (...classes: FakeObject['objectClass'][]): void => {
    for (const object of token.objects.values())
      if (object.label === tokenLabel && classes.includes(object.objectClass)) object.id = Buffer.from([5])
  }

  test.for(['relabels', 'copies'] as const)(
    'D11: OLD put in anew with another id is told of before a switch changes anything, in a token that %s, and can be rotated then',
    async (way, { task }) => {
      Object.assign(token.can, { relabels: false, copies: false, [way]: true })
      const ids = await prepare(storeIn(token), issue)
      rename('certificate', 'private-key', 'public-key')
      fired(task)
      const before = [...token.objects.values()].map(object => ({ ...object }))
      await expect(place(ids)).rejects.toMatchObject({
        code: 'INSTALL_FAILED',
        lookAgain: false,
        message: expect.stringMatching(/with the id \(CKA_ID\) 05 where it was 01; nothing is touched/u),
      })
      expect([...token.objects.values()]).toEqual(before)
      await rollBack(ids)
      await storeIn(token).drop()
      const again = await prepare(storeIn(token), issue)
      await place(again)
      await rollBack(again)
      expect(await storeIn(token).find()).toMatchObject({ current: ids.old, previous: again.new })
    },
  )

  test.for(['certificate', 'private-key'] as const)(
    'D11: OLD of which only the %s has its other id yet is not switched',
    async (objectClass, { task }) => {
      const ids = await prepare(storeIn(token), issue)
      rename(objectClass)
      fired(task)
      const before = [...token.objects.values()].map(object => ({ ...object }))
      await expect(place(ids)).rejects.toMatchObject({ code: 'INSTALL_FAILED' })
      expect([...token.objects.values()]).toEqual(before)
    },
  )

  test('D11: OLD put in anew with another id keeps no device from going forward, as the record may have decided for that', async ({
    task,
  }) => {
    const ids = await prepare(storeIn(token), issue)
    await place(ids)
    await rollBack(ids)
    rename('certificate', 'private-key')
    fired(task)
    await place(ids)
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new })
  })
})

describe("somebody else's objects under the component's labels", () => {
  const labels = [tokenLabels.pending, tokenLabels.previous, tokenLabels.versionOneBackup]

  test('D11: outlive a rotation that ends, and are told of', async ({ task }) => {
    const ids = await prepare(storeIn(token), issue)
    await place(ids)
    for (const [n, label] of labels.entries()) putPair(token, other, label, `0${n + 7}`)
    await storeIn(token).drop()
    const found = await storeIn(token).find()
    expect(found).toMatchObject({ current: ids.new, previous: null, pending: null })
    expect(found.remark).toMatch(
      /labelled greengrass\.pending and greengrass\.previous and greengrass\.bak that belong to no rotation/u,
    )
    expect((await lookInto(token)).complete).toEqual(new Set([ids.new, other.certificateId]))
    const theirs = inventory(token).filter(line => labels.some(label => line.includes(label)))
    expect(theirs).toHaveLength(3 * labels.length)
    fired(task)
  })

  test('D11: outlive the next key, which is not made where one is in its way', async ({ task }) => {
    putPair(token, other, tokenLabels.pending, '07')
    putPair(token, other, tokenLabels.versionOneBackup, '08')
    const theirs = inventory(token)
    expect(await make()).toMatchObject({ kind: 'pending-made' })
    expect(inventory(token)).toEqual(expect.arrayContaining(theirs))
    await storeIn(token).drop()
    expect(inventory(token)).toEqual(theirs)
    let isMade = false
    token.fate = (_call, name) => {
      const hasFailed = isMade && name === 'C_Sign'
      isMade = name === 'C_GenerateKeyPair' || (isMade && !hasFailed)
      return hasFailed ? { kind: 'fails', ckr: 'CKR_DEVICE_ERROR' } : undefined
    }
    expect(await make()).toMatchObject({ code: 'HSM_FAILED' })
    expect(inventory(token)).toEqual(theirs)
    putKey(tokenLabels.previous, '09')
    const before = inventory(token)
    expect(await make()).toMatchObject({
      code: 'HSM_UNSUITABLE',
      reason: expect.stringContaining(tokenLabels.previous),
    })
    expect(inventory(token)).toEqual(before)
    fired(task)
  })
})

describe.for([
  ['a key that does not sign', 'private-key', 'CKR_FUNCTION_FAILED'],
  ['a certificate that cannot be read', 'certificate', 'CKR_ATTRIBUTE_TYPE_INVALID'],
] as const)('%s', ([, objectClass, ckrOfStranger]) => {
  const spoil = (label: string, ckr: string | undefined): void => {
    for (const object of token.objects.values())
      if (object.objectClass === objectClass && object.label === label) object.brokenAs = ckr
  }

  test.for([tokenLabels.pending, tokenLabels.versionOneBackup])(
    "D13: stops no rotation where it is nobody's under %s, and is left alone",
    async (label, { task }) => {
      putPair(token, other, label, '07')
      spoil(label, ckrOfStranger)
      const theirs = inventory(token).filter(line => line.includes(label))
      const ids = await prepare(storeIn(token), issue)
      await place(ids)
      await storeIn(token).drop()
      expect(await storeIn(token).find()).toMatchObject({
        current: ids.new,
        previous: null,
        remark: expect.stringContaining(label),
      })
      expect(inventory(token)).toEqual(expect.arrayContaining(theirs))
      fired(task)
    },
  )

  test.for([
    [tokenLabel, 'CKR_FUNCTION_FAILED'],
    [tokenLabels.previous, 'CKR_FUNCTION_FAILED'],
    [tokenLabels.versionOneBackup, 'CKR_DEVICE_ERROR'],
  ] as const)('D13: is waited for under %s where it answers %s', async ([label, ckr], { task }) => {
    const ids = await prepare(storeIn(token), issue)
    await place(ids)
    putPair(token, other, tokenLabels.versionOneBackup, '07')
    spoil(label, ckr)
    const before = inventory(token)
    const failure = { code: 'HSM_FAILED', message: expect.stringContaining(ckr) }
    await expect(storeIn(token).find()).rejects.toMatchObject(failure)
    await expect(storeIn(token).drop()).rejects.toMatchObject(failure)
    spoil(label, undefined)
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
    expect(inventory(token)).toEqual(before)
    fired(task)
  })
})

test('D13: nothing is dropped beside a pair that has only just been completed', async ({ task }) => {
  const ids = await prepare(storeIn(token), issue)
  await place(ids)
  const [key] = take('private-key', tokenLabel)
  if (key === undefined) throw new Error('no key')
  token.provision({ ...key, label: tokenLabels.pending })
  await expect(storeIn(token).drop()).rejects.toMatchObject({
    code: 'IDENTITY_UNUSABLE',
    message: expect.stringContaining('just been completed'),
  })
  expect((await lookInto(token)).complete).toEqual(new Set([ids.old, ids.new]))
  await storeIn(token).drop()
  expect((await lookInto(token)).complete).toEqual(new Set([ids.new]))
  fired(task)
})
