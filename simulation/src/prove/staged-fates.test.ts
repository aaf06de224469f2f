import { expect, test } from 'vitest'
import { goodLuck, messageFaults } from '../faults/fault.ts'
import { StagedFates } from './staged-fates.ts'

const point = { where: 'create to the cloud', thing: 'dev1', faults: messageFaults }

test('what is planned for a point happens there once, and what is to be done before it is done', () => {
  const done: string[] = []
  const fates = new StagedFates(goodLuck)
  fates.plan('create to the cloud', 'lost', () => done.push('act'))
  expect(fates.at({ ...point, where: 'commit to the cloud' })).toBeUndefined()
  expect(done).toEqual([])
  expect(fates.at(point)).toBe('lost')
  expect(fates.at(point)).toBeUndefined()
  expect(done).toEqual(['act'])
  expect([...fates.fired]).toEqual(['lost'])
})

test('what cannot happen at a point does not', () => {
  const fates = new StagedFates(goodLuck)
  fates.plan('create to the cloud', 'power-cut', () => {})
  expect(fates.at(point)).toBeUndefined()
  expect(fates.fired.size).toBe(0)
})

test('everything else is left to fate, also where something is only done', () => {
  const fates = new StagedFates({ at: ({ faults }) => faults.at(-1) })
  fates.plan('create to the cloud', undefined, () => {})
  expect([fates.at(point), fates.at(point)]).toEqual(['overtaken', 'overtaken'])
})

test('points are passed by only where nothing is planned and fate passes them by', () => {
  const fates = new StagedFates({ at: () => undefined, passes: () => true })
  fates.plan('create to the cloud', 'lost', () => {})
  expect(fates.passes()).toBe(false)
  expect(fates.at(point)).toBe('lost')
  expect(fates.passes()).toBe(true)
  expect(new StagedFates(goodLuck).passes()).toBe(false)
})
