import { openTokenWith } from '@rotator/component/identities/pkcs11/pkcs11js-token'
import { identityStoreContract } from '@rotator/component/testing/identity-store-contract'
import { tokenContract } from '@rotator/component/testing/token-contract'
import { afterAll, beforeAll, describe } from 'vitest'
import { type Bench, openBench, storeOn, tokenKinds } from './token-kinds.ts'

describe.each(tokenKinds)('$kind', ({ make }) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())

  identityStoreContract('a real token', async () => {
    bench.renew()
    const open = () => storeOn(bench.token, bench.binding)
    return { store: open(), issue: csr => bench.issue(csr), reopen: open, release: () => {} }
  })

  tokenContract('a real one', async () => {
    const { library, slot, userPin } = bench.token
    return { open: openTokenWith(() => bench.binding), library, slot, pin: userPin, release: async () => {} }
  })
})
