import { expect, test } from 'vitest'
import { filesHome } from '../keys/key-home.ts'
import { algorithms, execution, identityStoreContract } from '../testing/identity-store-contract.ts'
import { MemoryIdentityStore } from '../testing/memory-identity-store.ts'
import { oldId } from '../testing/simulated-device.ts'
import { StoreError } from './identity-store.ts'
import { unlessRefused } from './unless-refused.ts'

const allowed = { refusal: async () => undefined }
const home = filesHome('linux')

identityStoreContract('a store that nothing speaks against', async () => {
  const store = unlessRefused(new MemoryIdentityStore(oldId), allowed, home)
  return { store, issue: async csr => MemoryIdentityStore.issue(csr), reopen: () => store, release: () => {} }
})

test('where a rotation could not be finished nothing is made, and the reason is told', async () => {
  const memory = new MemoryIdentityStore(oldId)
  const store = unlessRefused(memory, { refusal: async () => 'Greengrass runs in a container.' }, home)
  expect(await store.makePending(execution, algorithms, 0)).toEqual({
    kind: 'pending-not-made',
    code: 'HOST_UNSUITABLE',
    reason: 'Greengrass runs in a container.',
  })
  expect(memory.orders).not.toContain('makePending')
})

test.each([
  ['cannot have', async () => 'It cannot have P-256.', 'ALGORITHM_NOT_ALLOWED', 'It cannot have P-256.'],
  [
    'cannot be asked about',
    async () => {
      throw new StoreError('IDENTITY_UNUSABLE', 'There is no token.')
    },
    'IDENTITY_UNUSABLE',
    'There is no token.',
  ],
])('a key that the place of the identity %s is not made', async (_what, refusal, code, reason) => {
  const memory = new MemoryIdentityStore(oldId)
  const made = await unlessRefused(memory, allowed, { refusal }).makePending(execution, algorithms, 0)
  expect(made).toEqual({ kind: 'pending-not-made', code, reason })
  expect(memory.orders).not.toContain('makePending')
})

test('a fault of ours is no refusal', async () => {
  const refusal = async () => {
    throw new TypeError('bug')
  }
  const store = unlessRefused(new MemoryIdentityStore(oldId), allowed, { refusal })
  await expect(store.makePending(execution, algorithms, 0)).rejects.toThrow(TypeError)
})
