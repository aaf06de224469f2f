import { expect, test } from 'vitest'
import { simulate } from '../simulate.ts'
import { said } from './said.ts'

test('five thousand seeded runs keep every rule', async () => {
  const lines = await said({ what: 'seeded', runs: 5_000, seed: 1, processes: 2 })
  const totals = lines.find(line => line.startsWith('runs=')) ?? ''
  expect(lines.filter(line => line.startsWith('VIOLATION'))).toEqual([])
  const [, rotations, succeeded, faults] =
    /^runs=5000 rotations=(\d+) succeeded=(\d+) faults=(\d+) violations=0$/u.exec(totals) ?? [totals]
  expect(Number(rotations)).toBeGreaterThan(25_000)
  expect(Number(succeeded)).toBeGreaterThan(15_000)
  expect(Number(faults)).toBeGreaterThan(5_000)
})

/** What each of them found, in the product or in the simulation, is not to come back. */
const onceBroken = [
  20268204, 20273018, 20274139, 20278142, 20278831, 20279397, 20296286, 20296881, 20343684, 20345753,
  20357066, 70007988, 700000041, 700050378, 700075249,
]

test.each(onceBroken)('seed %i, which once broke a rule, keeps all of them', async seed => {
  const lines = await said({ what: 'replay', of: String(seed), mutant: undefined })
  expect(lines.at(-1)).toBe('Nothing was broken.')
})

test('the same seed tells the same story', async () => {
  const once = await said({ what: 'replay', of: '42', mutant: undefined })
  const again = await said({ what: 'replay', of: '42', mutant: undefined })
  expect(again).toEqual(once)
  expect(once.length).toBeGreaterThan(50)
})

test('no run at all is no success', async () => {
  const lines: string[] = []
  const nothing = { what: 'seeded', runs: 0, seed: 1, processes: 1 } as const
  expect(await simulate(nothing, line => void lines.push(line))).toBe(false)
  expect(lines[0]).toContain('runs=0 ')
})
