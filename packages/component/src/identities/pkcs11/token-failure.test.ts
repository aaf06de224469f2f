import { expect, test } from 'vitest'
import { fired } from '../../testing/fired.ts'
import { TestAuthority } from '../../testing/test-authority.ts'
import { accessTo, storeIn, tokenWith } from '../../testing/token-device.ts'
import { failed } from './token-failure.ts'
import { TokenIdentityStore } from './token-identity-store.ts'

const authority = new TestAuthority()

test('D13: a wrong PIN that a token answers with CKR_GENERAL_ERROR is known as a refused PIN', async ({
  task,
}) => {
  const token = tokenWith(await authority.identity())
  const store = new TokenIdentityStore(accessTo(token))
  Object.assign(token, { pin: 'the-right-one', wrongPinCkr: 'CKR_GENERAL_ERROR' })
  await expect(store.find()).rejects.toMatchObject({
    code: 'HSM_PIN_REFUSED',
    message: expect.stringMatching(/C_Login: CKR_GENERAL_ERROR.*wrong PIN: check userPin/u),
  })
  expect(token.wrongPins).toBe(1)
  fired(task)
})

test.for(['CKR_DEVICE_REMOVED', 'CKR_SESSION_CLOSED', 'CKR_SESSION_HANDLE_INVALID', 'CKR_TOKEN_NOT_PRESENT'])(
  'D13: a login that ends with %s has cost no try',
  async (ckr, { task }) => {
    const token = tokenWith(await authority.identity())
    token.fate = (_call, name) => (name === 'C_Login' ? { kind: 'fails', ckr } : undefined)
    await expect(storeIn(token).find()).rejects.toMatchObject({ code: 'HSM_FAILED' })
    fired(task, token.calls.filter(name => name === 'C_Login').length)
  },
)

test('the same answer to any other call says nothing of the PIN', () => {
  const error = failed('sign', { ok: false, call: 'C_Sign', ckr: 'CKR_GENERAL_ERROR' })
  expect(error).toMatchObject({ code: 'HSM_FAILED', message: expect.stringContaining("HSM's own log") })
})
