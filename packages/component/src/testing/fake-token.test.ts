import { expect, test } from 'vitest'
import { FakeToken, TokenCut } from './fake-token.ts'
import { tokenContract } from './token-contract.ts'
import { pooledKeys } from './token-device.ts'

const makeKey = pooledKeys()

tokenContract('the token in memory', async () => {
  const { open, library, slot, pin } = new FakeToken('pin-of-the-fake', makeKey)
  return { open, library, slot, pin, release: async () => {} }
})

test('a token that was cut does nothing until it is opened anew', async () => {
  const token = new FakeToken()
  const opened = await token.open(token.library, token.slot)
  if (!opened.ok) throw new Error(opened.ckr)
  token.fate = () => 'cut-after'
  await expect(opened.value.createData('label', Buffer.alloc(1))).rejects.toThrow(TokenCut)
  token.fate = () => undefined
  await expect(opened.value.createData('label', Buffer.alloc(1))).rejects.toThrow(TokenCut)
  expect(token.objects.size).toBe(1)
  const again = await token.open(token.library, token.slot)
  expect(again.ok && (await again.value.find('data', 'label'))).toMatchObject({
    ok: true,
    value: [expect.any(Number)],
  })
})
