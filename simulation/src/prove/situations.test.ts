import { beforeAll, describe, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { fillPool } from '../device/key-pool.ts'
import { ChosenFates } from '../exhaustive/chosen-fates.ts'
import { goodLuck } from '../faults/fault.ts'
import { keysNeeded } from '../workers/keys-needed.ts'
import { courses } from './courses.ts'
import { rotations } from './ordinary.ts'
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
  const [good] = rotations
  const shown = new ChosenFates([], fault => fault === 'lost')
  if (good !== undefined) await play(blueprint, good, shown)
  const [first] = shown.choicesAfter(-1)
  expect(await playSchedule(blueprint, `good ${first?.index}:lost`)).toEqual([])
  expect(await playSchedule(blueprint, 'nowhere 3:lost')).toBeUndefined()
  expect(await playSchedule(blueprint, 'good 3:nothing')).toBeUndefined()
})

test('a schedule whose fault never happens shows nothing, and says so', async () => {
  expect(await playSchedule(blueprint, 'good 99999:lost')).toEqual([
    '1 chosen faults did not happen: no such point comes, or it has no such fault',
  ])
})

for (const { name } of courses.filter(course => !situations.some(({ name }) => name === course.name))) {
  test(`${name.replaceAll('-', ' ')} is replayed as it was surveyed`, async () => {
    expect(await playSchedule(blueprint, name)).toEqual([])
  })
}
