import { expect, test } from 'vitest'
import { findMutant } from '../mutants/catalogue.ts'
import { firedLines, huntLines } from './prove.ts'

const mutant = findMutant('no-turn')

test('a mutant that was caught is told with the rule, and with what shows it again', () => {
  const caught = { problem: 'rule 4: SUCCEEDED was reported', replay: 'good 12:lost' }
  expect(huntLines(mutant, { schedules: 28, caught })).toEqual([
    `caught after 28 runs: no-turn. ${mutant.breaks}`,
    '  rule 4: SUCCEEDED was reported',
    '  npm run simulate -- --mutant no-turn --replay "good 12:lost"',
  ])
  expect(huntLines(mutant, { schedules: 1, caught })[0]).toContain('caught after the first run')
})

test('a mutant that was not caught is told too', () => {
  expect(huntLines(mutant, { schedules: 500, caught: undefined })).toEqual([
    `NOT CAUGHT after 500 runs: no-turn. ${mutant.breaks}`,
  ])
})

test('what never fired is named and counted', () => {
  const lines: string[] = []
  const missing = firedLines('rows', ['a', 'b', 'c'], new Set(['a', 'c', 'x']), line => lines.push(line))
  expect(missing).toEqual(['b'])
  expect(lines).toEqual(['never fired: b', 'rows fired=2 of 3'])
})
