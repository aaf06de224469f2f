import { encodePem } from '@rotator/protocol/x509/pem'
import { identityStoreContract } from '../testing/identity-store-contract.ts'
import { MemoryIdentityStore } from '../testing/memory-identity-store.ts'
import { idOf } from '../testing/test-authority.ts'

identityStoreContract('the memory store', async () => {
  const store = new MemoryIdentityStore(idOf(encodePem('CERTIFICATE', Buffer.from('old'))))
  return {
    store,
    issue: async csr => MemoryIdentityStore.issue(csr),
    reopen: () => store,
    release: () => {},
  }
})
