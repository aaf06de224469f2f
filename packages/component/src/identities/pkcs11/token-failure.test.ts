import { expect, test } from 'vitest'
import { fired } from '../../testing/fired.ts'
import { TestAuthority } from '../../testing/test-authority.ts'
import { accessTo, storeIn, tokenWith } from '../../testing/token-device.ts'
import { failed } from './token-failure.ts'
import { TokenIdentityStore } from './token-identity-store.ts'

const authority = new TestAuthority()

test.for([
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_DEVICE_ERROR',
  'CKR_FUNCTION_FAILED',
  'CKR_GENERAL_ERROR',
  'CKR_HOST_MEMORY',
])(
  'D13: a login that a token answers with %s may have cost a try, and has judged no PIN',
  async (ckr, { task }) => {
    const token = tokenWith(await authority.identity())
    const store = new TokenIdentityStore(accessTo(token))
    Object.assign(token, { pin: 'the-right-one', wrongPinCkr: ckr })
    await expect(store.find()).rejects.toMatchObject({
      code: 'HSM_LOGIN_FAILED',
      message: expect.stringMatching(new RegExp(`C_Login: ${ckr}.*If it lasts.*check userPin`, 'u')),
    })
    expect(token.wrongPins).toBe(1)
    fired(task)
  },
)

test.for(['CKR_PIN_EXPIRED', 'CKR_PIN_INCORRECT', 'CKR_PIN_INVALID', 'CKR_PIN_LEN_RANGE', 'CKR_PIN_LOCKED'])(
  'D13: %s is a judgement of the PIN',
  async (ckr, { task }) => {
    const token = tokenWith(await authority.identity())
    token.fate = (_call, name) => (name === 'C_Login' ? { kind: 'fails', ckr } : undefined)
    await expect(storeIn(token).find()).rejects.toMatchObject({ code: 'HSM_PIN_REFUSED' })
    fired(task, token.calls.filter(name => name === 'C_Login').length)
  },
)

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
