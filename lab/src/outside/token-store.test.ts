import { identityStoreContract } from '@rotator/component/testing/identity-store-contract'
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
})
