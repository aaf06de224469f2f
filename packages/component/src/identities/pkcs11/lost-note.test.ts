import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeToken } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import { prepare, type Rotated } from '../../testing/identity-store-contract.ts'
import { type CertificateWishes, TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'
import {
  inventory,
  putPair,
  storeIn,
  tokenLabel,
  tokenLabels,
  tokenWith,
} from '../../testing/token-device.ts'

const authority = new TestAuthority()
const dayMs = 24 * 60 * 60 * 1000
let identity: TestIdentity
let other: TestIdentity
let token: FakeToken

beforeAll(async () => {
  identity = await authority.identity({ notBefore: Date.now() - dayMs / 2 })
  other = await authority.identity()
})

beforeEach(() => {
  token = tokenWith(identity)
})

const take = (label: string): number => {
  const taken = [...token.objects].filter(([, object]) => object.label === label)
  for (const [handle] of taken) token.objects.delete(handle)
  return taken.length
}
const prepared = async (wishes: CertificateWishes = {}): Promise<Rotated> =>
  prepare(storeIn(token), async csr => authority.issue(csr, wishes))
const install = async (ids: Rotated): Promise<void> =>
  storeIn(token).place({ current: ids.new, previous: ids.old })
const rollBack = async (ids: Rotated): Promise<void> =>
  storeIn(token).place({ current: ids.old, previous: ids.new })

describe('as the note of a rotation is gone', () => {
  test.for(['relabels', 'copies'] as const)(
    'D11: without its note a rotation goes back and forward, and leaves nothing at its end, in a token that %s',
    async (way, { task }) => {
      Object.assign(token.can, { relabels: false, copies: false, [way]: true })
      const ids = await prepared()
      await install(ids)
      fired(task, take(tokenLabels.note))
      expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: null })
      await rollBack(ids)
      const back = { current: ids.old, previous: ids.new, newer: 'previous', execution: null }
      expect(await storeIn(token).find()).toMatchObject(back)
      expect(take(tokenLabels.note)).toBe(1)
      await install(ids)
      const forth = { current: ids.new, previous: ids.old, newer: 'current', execution: null }
      expect(await storeIn(token).find()).toMatchObject(forth)
      await storeIn(token).drop()
      expect(inventory(token)).toEqual([
        `certificate ${tokenLabel} ${ids.new.slice(0, 8)}`,
        `private-key ${tokenLabel}`,
      ])
    },
  )

  test('D11: without the note an OLD that an earlier rotation has made is put back', async ({ task }) => {
    await install(await prepared())
    await storeIn(token).drop()
    const ids = await prepared({ notBefore: Date.now() - dayMs / 2 })
    await install(ids)
    fired(task, take(tokenLabels.note))
    await rollBack(ids)
    expect(await storeIn(token).find()).toMatchObject({
      current: ids.old,
      previous: ids.new,
      newer: 'previous',
    })
    await storeIn(token).drop()
    expect(await storeIn(token).find()).toMatchObject({ current: ids.old, remark: undefined })
    expect(inventory(token)).toHaveLength(2)
  })

  test('D11: without the note an OLD that version 1 has put aside is put back', async ({ task }) => {
    putPair(token, other, tokenLabels.versionOneBackup, '0102')
    await storeIn(token).find()
    const ids = { old: other.certificateId, new: identity.certificateId }
    await rollBack(ids)
    fired(task, take(tokenLabels.note))
    await install(ids)
    expect(await storeIn(token).find()).toMatchObject({
      current: ids.new,
      previous: ids.old,
      newer: 'current',
    })
    expect(take(tokenLabels.note)).toBe(1)
    await rollBack(ids)
    expect(await storeIn(token).find()).toMatchObject({
      current: ids.old,
      previous: ids.new,
      newer: 'previous',
    })
  })

  test.for<[string, () => void]>([
    ['whose key has another id', () => rename(tokenLabels.previous, { id: Buffer.from([7]) })],
    [
      'that is no pair of ours where it lies',
      () => rename(tokenLabels.previous, { label: tokenLabels.pending }),
    ],
    ['that is not there', () => take(tokenLabels.previous)],
  ])(
    'D11: without the note an OLD %s is not put back, nor what somebody else has put there',
    async ([, spoil], { task }) => {
      const ids = await prepared()
      await install(ids)
      fired(task, take(tokenLabels.note))
      spoil()
      putPair(token, other, tokenLabels.previous, '08')
      const before = inventory(token)
      await expect(rollBack(ids)).rejects.toMatchObject({ code: 'IDENTITY_LOST' })
      expect(inventory(token)).toEqual(before)
    },
  )

  test('D11: without the note nothing is put in the place of what is gone as well', async ({ task }) => {
    const ids = await prepared()
    await install(ids)
    fired(task, take(tokenLabels.note) + take(tokenLabel))
    await expect(rollBack(ids)).rejects.toMatchObject({ code: 'IDENTITY_LOST' })
  })
})

/** Of the private keys alone, where only an id is given. */
function rename(label: string, name: { id: Buffer } | { label: string }): void {
  for (const object of token.objects.values())
    if (object.label === label && ('label' in name || object.objectClass === 'private-key'))
      Object.assign(object, name)
}
