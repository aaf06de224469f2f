import { expect, test } from 'vitest'
import { bounds, ceilingPerSecond } from './ceiling.ts'
import { costBesideJobs, costOfRotation, turnsOfHold } from './cost.ts'
import { countOf, holdCalls, rotationCalls } from './rotation-calls.ts'

test('a rotation makes 11 calls of the control plane and of Jobs, and 22 in all', () => {
  expect(countOf(rotationCalls, 'control', 'jobs')).toBe(11)
  expect(countOf(rotationCalls, 'control', 'jobs', 'data', 'queue')).toBe(22)
})

test('a hold costs no call of the control plane', () => {
  expect(countOf(holdCalls, 'control', 'jobs')).toBe(0)
  expect(turnsOfHold).toBe(96)
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
  expect(costOfRotation() - costBesideJobs()).toBeCloseTo(0.003, 10)
})
