import { beforeAll, expect, test } from 'vitest'
import type { Blueprint } from '../cloud/blueprint.ts'
import { deployedBlueprint } from '../cloud/deployed-blueprint.ts'
import { findMutant } from './catalogue.ts'
import type { Hunt } from './hunt.ts'
import { huntAll } from './hunt-all.ts'
import { replayMutant } from './replay-mutant.ts'

let blueprint: Blueprint

beforeAll(async () => {
  blueprint = await deployedBlueprint()
})

async function huntFor(name: string, most: number): Promise<Hunt | undefined> {
  const ended: Hunt[] = []
  await huntAll(
    blueprint,
    [findMutant(name)],
    { processes: 1, limits: { seeds: 0, most } },
    (_, found) => void ended.push(found),
  )
  return ended[0]
}

test('a mutant is caught, and the run that caught it shows it again', async () => {
  const { caught } = (await huntFor('attach-before-record', 50)) ?? {}
  expect(caught?.problem).toBe('a rotation failed that nobody was against')
  const lines: string[] = []
  const isWell = await replayMutant(
    blueprint,
    'attach-before-record',
    caught?.replay ?? '',
    line => void lines.push(line),
  )
  expect(isWell).toBe(false)
  expect(lines.at(-1)).toContain('BROKEN: ')
})

test('a backend that retires without a look at the record is caught by the rule that it breaks', async () => {
  const { caught } = (await huntFor('retire-ignores-record', 50)) ?? {}
  expect(caught?.problem).toMatch(/^rule 5: /u)
})

test('a hunt ends where it has looked at as much as it was to', async () => {
  expect(await huntFor('no-turn', 1)).toEqual({ schedules: 1, caught: undefined })
})

test('the replay of a mutant that does not exist says which ones do', async () => {
  await expect(replayMutant(blueprint, 'nobody', 'good', () => {})).rejects.toThrow(
    'there is no mutant nobody; there are journal-after-effects',
  )
})
