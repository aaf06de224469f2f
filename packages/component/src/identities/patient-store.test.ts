import { expect, test } from 'vitest'
import { MemoryIdentityStore } from '../testing/memory-identity-store.ts'
import { oldId } from '../testing/simulated-device.ts'
import { type FoundIdentities, StoreError } from './identity-store.ts'
import { patientStore } from './patient-store.ts'
import { unusableStore } from './unusable-store.ts'

function patient(failure: () => Error | undefined) {
  const memory = new MemoryIdentityStore(oldId)
  const find = async (): Promise<FoundIdentities> => {
    const error = failure()
    if (error !== undefined) throw error
    return memory.find()
  }
  return patientStore({ ...unusableStore('of no interest here'), find })
}

test('D13: an HSM that cannot be looked at is waited for, but not until every job has timed out', async () => {
  let failures = 0
  let isThere = false
  const store = patient(() => {
    if (isThere) return undefined
    failures += 1
    return new StoreError('HSM_FAILED', 'There is no token.')
  })
  const nothing = { current: null, previous: null, remark: 'There is no token.' }
  await expect(store.find()).rejects.toThrow('no token')
  await expect(store.find()).rejects.toThrow('no token')
  expect(await store.find()).toMatchObject(nothing)
  expect(await store.find()).toMatchObject(nothing)
  isThere = true
  expect(await store.find()).toMatchObject({ current: oldId })
  isThere = false
  await expect(store.find()).rejects.toThrow('no token')
  expect(failures).toBe(5)
})

test('D13: a refused PIN is nothing to wait for', async () => {
  const store = patient(() => new StoreError('HSM_PIN_REFUSED', 'The PIN is wrong.'))
  expect(await store.find()).toMatchObject({ current: null, remark: 'The PIN is wrong.' })
})

test('a fault of ours is not taken for one of the HSM', async () => {
  await expect(patient(() => new TypeError('a bug')).find()).rejects.toThrow(TypeError)
})
