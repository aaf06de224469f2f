import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { namedTests, namedTestsIn } from './named-tests.ts'

test('a test is found by the ids that its name starts with, whatever its quotes', () => {
  const text = [
    `test('M4: two at once', () => {})`,
    `test("C1, C17: it's given again", () => {})`,
    `['M1: a lost %s', 'in']`,
    `test('no fault: M9: is not at the start', () => {})`,
  ].join('\n')
  expect(namedTestsIn('a.test.ts', text)).toEqual([
    { id: 'M4', name: 'M4: two at once', file: 'a.test.ts' },
    { id: 'C1', name: "C1, C17: it's given again", file: 'a.test.ts' },
    { id: 'C17', name: "C1, C17: it's given again", file: 'a.test.ts' },
    { id: 'M1', name: 'M1: a lost %s', file: 'a.test.ts' },
  ])
})

test('every fault that is not open has a test, and every test that names a fault names one of the catalogue', () => {
  const shown = new Set(namedTests().map(({ id }) => id))
  const closed = Object.entries(catalogue).flatMap(([id, { open }]) => (open === undefined ? id : []))
  expect(closed.filter(id => !shown.has(id))).toEqual([])
  expect([...shown].filter(id => !(id in catalogue))).toEqual([])
})
