import { describe, expect, test } from 'vitest'
import { diskWith, storeOn, usualPaths } from '../../testing/device-files.ts'
import { prepare } from '../../testing/identity-store-contract.ts'
import { idOf, TestAuthority } from '../../testing/test-authority.ts'
import { slotFiles } from './slot-files.ts'

describe('the files of a slot', () => {
  test('are those that the identity is in, before and after a switch', async () => {
    const authority = new TestAuthority()
    const disk = diskWith(await authority.identity())
    const store = storeOn(disk)
    const certificateIn = (slot: 'current' | 'pending' | 'previous') => {
      const files = slotFiles(disk, usualPaths, slot)
      return files && [files.certificatePath, files.keyPath].map(path => disk.read(path).toString())
    }
    expect(slotFiles(disk, usualPaths, 'pending')).toBeUndefined()
    expect(slotFiles(disk, usualPaths, 'previous')).toBeUndefined()
    const ids = await prepare(store, async csr => authority.issue(csr))
    const [pending = '', pendingKey] = certificateIn('pending') ?? []
    const [old = '', oldKey] = certificateIn('current') ?? []
    expect([idOf(pending), idOf(old)]).toEqual([ids.new, ids.old])
    await store.place({ current: ids.new, previous: ids.old })
    expect(certificateIn('pending')).toBeUndefined()
    expect(certificateIn('current')).toEqual([pending, pendingKey])
    expect(certificateIn('previous')).toEqual([old, oldKey])
    disk.overwrite(usualPaths.certificatePath, Buffer.from('garbage'))
    expect(certificateIn('previous')).toBeDefined()
  })
})
