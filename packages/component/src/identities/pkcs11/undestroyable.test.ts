import { beforeEach, describe, expect, test } from 'vitest'
import type { FakeToken } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import { algorithms, execution, prepare, type Rotated } from '../../testing/identity-store-contract.ts'
import { deviceAndStranger } from '../../testing/test-authority.ts'
import { inventory, storeIn, tokenLabels, tokenWith } from '../../testing/token-device.ts'

const { issue, identity } = await deviceAndStranger()
let token: FakeToken

beforeEach(() => {
  token = tokenWith(identity)
})

const prepared = async (): Promise<Rotated> => prepare(storeIn(token), issue)
const make = async () => storeIn(token).makePending(execution, algorithms, Date.now())
const protect = (): void => {
  for (const object of token.objects.values()) object.isDestroyable = object.objectClass !== 'private-key'
}
const take = (label: string): void => {
  for (const [handle, object] of token.objects) if (object.label === label) token.objects.delete(handle)
}
const attempts = (): number => token.calls.filter(name => name === 'C_DestroyObject').length
const inTheWay = { kind: 'pending-not-made', code: 'HSM_UNSUITABLE' }

describe('a private key that a token never lets be destroyed', () => {
  test('D14: is left where a rotation has put it, and the next job is told why it cannot be done', async ({
    task,
  }) => {
    protect()
    const ids = await prepared()
    await storeIn(token).place({ current: ids.new, previous: ids.old })
    await storeIn(token).drop()
    const found = await storeIn(token).find()
    expect(found).toMatchObject({ current: ids.new, previous: null, pending: null, execution: null })
    expect(found.remark).toMatch(/labelled greengrass\.previous that belong to no rotation/u)
    const before = inventory(token)
    expect(before.filter(line => !/ greengrass( |$)/u.test(line))).toEqual([
      'private-key greengrass.previous',
    ])
    expect(await make()).toMatchObject({
      ...inTheWay,
      reason: expect.stringMatching(/greengrass\.previous.*did not let it be removed/u),
    })
    expect(inventory(token)).toEqual(before)
    take(tokenLabels.previous)
    expect(await make()).toMatchObject({ kind: 'pending-made' })
    fired(task, attempts())
  })

  test('D14: and that a rotation has made keeps the next from being begun', async ({ task }) => {
    const first = await prepared()
    await storeIn(token).place({ current: first.new, previous: first.old })
    await storeIn(token).drop()
    token.can.destroysKeys = false
    const ids = await prepared()
    await storeIn(token).place({ current: ids.new, previous: ids.old })
    await storeIn(token).drop()
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: null, pending: null })
    const before = inventory(token)
    expect(await make()).toMatchObject({
      ...inTheWay,
      reason: expect.stringMatching(/does not let an object labelled greengrass\.previous be removed/u),
    })
    expect(inventory(token)).toEqual(before)
    fired(task, attempts())
  })

  test('D14: is not copied, for the copy could not take its place', async ({ task }) => {
    token.can.relabels = false
    protect()
    const before = inventory(token)
    expect(await make()).toMatchObject({
      ...inTheWay,
      reason: expect.stringMatching(
        /neither relabel .* nor remove it once it is copied .*CKR_ACTION_PROHIBITED/u,
      ),
    })
    // The copy is gone with its session.
    await storeIn(token).find()
    expect(inventory(token)).toEqual(before)
    fired(task, attempts())
  })

  test('D14: although its copy was, stays in use, and the rotation that failed for it comes to an end', async ({
    task,
  }) => {
    token.can.relabels = false
    const ids = await prepared()
    token.can.destroysKeys = false
    const placing = storeIn(token).place({ current: ids.new, previous: ids.old })
    await expect(placing).rejects.toMatchObject({
      code: 'HSM_FAILED',
      message: expect.stringContaining('C_DestroyObject: CKR_ACTION_PROHIBITED'),
    })
    await storeIn(token).place({ current: ids.old, previous: ids.new })
    await storeIn(token).drop()
    expect(await storeIn(token).find()).toMatchObject({ current: ids.old, previous: null, pending: null })
    expect(await make()).toMatchObject(inTheWay)
    fired(task, attempts())
  })

  test('D13: that it does not let be destroyed now is waited for', async ({ task }) => {
    const ids = await prepared()
    await storeIn(token).place({ current: ids.new, previous: ids.old })
    token.fate = (_call, name) =>
      name === 'C_DestroyObject' ? { kind: 'fails', ckr: 'CKR_DEVICE_ERROR' } : undefined
    for (const isLastTry of [false, true])
      await expect(storeIn(token).drop(isLastTry)).rejects.toMatchObject({ code: 'HSM_FAILED' })
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: ids.old })
    fired(task, attempts())
  })
  test('D13: nor a copy of it, now, says so, and is asked again by the next job', async ({ task }) => {
    token.can.relabels = false
    token.fate = (_call, name) =>
      name === 'C_DestroyObject' ? { kind: 'fails', ckr: 'CKR_DEVICE_ERROR' } : undefined
    expect(await make()).toMatchObject({
      code: 'HSM_FAILED',
      reason: expect.stringMatching(/could not remove a copy.*CKR_DEVICE_ERROR/u),
    })
    fired(task, attempts())
    token.fate = () => undefined
    expect(await make()).toMatchObject({ kind: 'pending-made' })
  })

  test('D14: is left in the end also where the token says it with words of its own', async ({ task }) => {
    const ids = await prepared()
    await storeIn(token).place({ current: ids.new, previous: ids.old })
    token.can.destroysKeys = false
    token.keepsCkr = 'CKR_FUNCTION_FAILED'
    await expect(storeIn(token).drop()).rejects.toMatchObject({
      message: expect.stringContaining('C_DestroyObject'),
    })
    await storeIn(token).drop(true)
    expect(await storeIn(token).find()).toMatchObject({ current: ids.new, previous: null, execution: null })
    expect(await make()).toMatchObject(inTheWay)
    fired(task, attempts())
  })
})
