import { beforeAll, describe, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { goodLuck } from '../faults/fault.ts'
import { keysNeeded } from '../workers/keys-needed.ts'
import { play } from './play.ts'
import { playSchedule } from './play-schedule.ts'
import { situations } from './situations.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
  await fillPool(keysNeeded)
})

describe('every situation ends well by itself:', () => {
  for (const situation of situations) {
    test(`${situation.name.replaceAll('-', ' ')}, without any fault beside it`, async () => {
      const { broken, world } = await play(blueprint, situation, goodLuck)
      expect(broken).toEqual([])
      expect(world.ledger.ended.length).toBeGreaterThan(0)
    })
  }
})

test('situations have names of their own', () => {
  expect(new Set(situations.map(({ name }) => name)).size).toBe(situations.length)
})

test('a schedule is played with its faults, and what is none is not', async () => {
  expect(await playSchedule(blueprint, 'good 3:lost')).toEqual([])
  expect(await playSchedule(blueprint, 'nowhere 3:lost')).toBeUndefined()
  expect(await playSchedule(blueprint, 'good 3:nothing')).toBeUndefined()
})
