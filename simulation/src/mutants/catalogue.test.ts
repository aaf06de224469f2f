import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findMutant, mutants } from './catalogue.ts'
import { type Mutant, MutantNoLongerFits, mutated } from './mutant.ts'

const sourceOf = (file: string): string =>
  readFileSync(new URL(`../../../packages/${file}`, import.meta.url), 'utf8')

describe('the mutants of the design', () => {
  test.each(mutants.map(mutant => [mutant.name, mutant] as const))(
    '%s fits the product as it is',
    (_, mutant) => {
      expect(mutant.edits).not.toEqual([])
      for (const { file } of mutant.edits) {
        const source = sourceOf(file)
        expect(mutated(mutant, file, source)).not.toBe(source)
      }
    },
  )

  test('have names of their own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    expect(mutants.length).toBeGreaterThanOrEqual(17)
  })

  test('are found by their names, and others named', () => {
    expect(findMutant('no-turn').name).toBe('no-turn')
    expect(() => findMutant('no-such')).toThrow('there is no mutant no-such; there are journal-after-effects')
  })
})

describe('a mutant', () => {
  const mutant: Mutant = {
    name: 'upside-down',
    breaks: 'Up is down.',
    edits: [
      { file: 'a.ts', find: 'up', replace: '$& down' },
      { file: 'b.ts', find: 'up', replace: 'down' },
    ],
  }

  test('changes the text that it names, as it is written, in its own file alone', () => {
    expect(mutated(mutant, 'a.ts', 'go up.')).toBe('go $& down.')
    expect(mutated(mutant, 'c.ts', 'go up.')).toBe('go up.')
  })

  test('that does not fit the source any more says so', () => {
    expect(() => mutated(mutant, 'a.ts', 'go on')).toThrow(MutantNoLongerFits)
    expect(() => mutated(mutant, 'a.ts', 'up, up')).toThrow(
      'the mutant upside-down no longer fits: a.ts has this not exactly once:\nup',
    )
  })
})
