import { describe, expect, test } from 'vitest'
import { consistent } from './eventual-consistency.ts'
import { ThingPrincipals } from './thing-principals.ts'

describe('principals of things', () => {
  test('are listed late after attach and after detach, but count at once', () => {
    const principals = new ThingPrincipals({ ...consistent(), listDelayMs: 1000 })
    principals.attach('dev1', 'cert', 'EXCLUSIVE_THING', 10_000)
    expect(principals.listPrincipals('dev1', 10_999)).toEqual([])
    expect(principals.isAttached('dev1', 'cert')).toBe(true)
    expect(principals.listPrincipals('dev1', 11_000)).toEqual([['cert', 'EXCLUSIVE_THING']])
    principals.detach('dev1', 'cert', 20_000)
    expect(principals.listThings('cert', 20_999)).toEqual([['dev1', 'EXCLUSIVE_THING']])
    expect(principals.isAttached('dev1', 'cert')).toBe(false)
    expect(principals.listThings('cert', 21_000)).toEqual([])
  })

  test('block their deletion until a detach has spread, even one shortly after the attach', () => {
    const principals = new ThingPrincipals({ ...consistent(), detachDelayMs: 5000 })
    expect(principals.blocksDeletion('cert', 0)).toBe(false)
    principals.attach('dev1', 'cert', 'EXCLUSIVE_THING', 10_000)
    principals.detach('dev1', 'cert', 10_001)
    expect(principals.blocksDeletion('cert', 15_000)).toBe(true)
    expect(principals.blocksDeletion('cert', 15_001)).toBe(false)
  })

  test('grow a revision with each change', () => {
    const principals = new ThingPrincipals(consistent())
    principals.attach('dev1', 'cert', 'NON_EXCLUSIVE_THING', 1)
    const before = principals.revision
    principals.detach('dev1', 'cert', 2)
    expect(principals.revision).toBeGreaterThan(before)
    expect(principals.exclusiveThingOf('cert')).toBeUndefined()
  })
})
