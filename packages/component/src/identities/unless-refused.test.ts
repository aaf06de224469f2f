import { expect, test } from 'vitest'
import { algorithms, execution, identityStoreContract } from '../testing/identity-store-contract.ts'
import { MemoryIdentityStore } from '../testing/memory-identity-store.ts'
import { oldId } from '../testing/simulated-device.ts'
import { unlessRefused } from './unless-refused.ts'

const allowed = { refusal: async () => undefined }

identityStoreContract('a store that nothing speaks against', async () => {
  const store = unlessRefused(new MemoryIdentityStore(oldId), allowed)
  return { store, issue: async csr => MemoryIdentityStore.issue(csr), reopen: () => store, release: () => {} }
})

test('where a rotation could not be finished nothing is made, and the reason is told', async () => {
  const memory = new MemoryIdentityStore(oldId)
  const store = unlessRefused(memory, { refusal: async () => 'Greengrass runs in a container.' })
  expect(await store.makePending(execution, algorithms, 0)).toEqual({
    kind: 'pending-not-made',
    code: 'HOST_UNSUITABLE',
    reason: 'Greengrass runs in a container.',
  })
  expect(memory.orders).not.toContain('makePending')
})
