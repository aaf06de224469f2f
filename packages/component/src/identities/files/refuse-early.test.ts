import { beforeAll, expect, test } from 'vitest'
import { diskWith, storeOn } from '../../testing/device-files.ts'
import { fired } from '../../testing/fired.ts'
import { algorithms, execution } from '../../testing/identity-store-contract.ts'
import { TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'

const dayMs = 24 * 3_600_000
const end = Math.ceil(Date.now() / dayMs) * dayMs
let identity: TestIdentity

beforeAll(async () => {
  identity = await new TestAuthority().identity({ notBefore: end - 30 * dayMs, notAfter: end })
})

const refused = { kind: 'pending-not-made', code: 'OLD_EXPIRES_TOO_SOON' }

test('C19: a certificate that ends before a rotation could is no way back, so nothing is made', async ({
  task,
}) => {
  const disk = diskWith(identity)
  const outcome = await storeOn(disk).makePending(execution, algorithms, end - 5 * 60_000 + 1)
  expect(outcome).toMatchObject({
    ...refused,
    reason: expect.stringContaining(new Date(end).toISOString()),
  })
  expect(disk.operations).toEqual([])
  fired(task)
})

test.each([
  ['five minutes before its end', end - 5 * 60_000],
  ['D8: by a clock that is years behind', end - 3650 * dayMs],
  ['D8: by a clock that is years ahead', end + 3650 * dayMs],
])('a rotation begins %s', async (_when, now) => {
  expect(await storeOn(diskWith(identity)).makePending(execution, algorithms, now)).toMatchObject({
    kind: 'pending-made',
  })
})
