import { expect, test } from 'vitest'
import { bounds, ceilingPerSecond } from './ceiling.ts'
import { costOfRotation } from './cost.ts'
import { countOf } from './rotation-calls.ts'

test('a rotation makes 11 calls of the control plane and of Jobs, and 22 in all', () => {
  expect([countOf('control', 'jobs'), countOf('control', 'jobs', 'data', 'queue')]).toEqual([11, 22])
})

test('the quotas let 10 rotations a second through, and the listing binds no sooner than retiring', () => {
  expect(ceilingPerSecond()).toBe(10)
  expect(
    bounds()
      .filter(({ rotationsPerSecond }) => rotationsPerSecond === 10)
      .flatMap(({ names }) => names),
  ).toEqual(['ListThingPrincipalsV2', 'UpdateCertificate', 'DeleteCertificate'])
})

test('the price of a rotation is that of its remote action', () => {
  expect(costOfRotation()).toBeCloseTo(0.003, 3)
})
