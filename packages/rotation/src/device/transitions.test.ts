import { expect, test } from 'vitest'
import { states } from './testing/states.ts'
import { transitions } from './transitions.ts'

test('every edge is named for the phase that it leaves, and says when', () => {
  for (const [id, edge] of Object.entries(transitions)) {
    expect(id.startsWith(`${edge.from}-`)).toBe(true)
    expect(edge.when).not.toBe('')
    expect(edge.to).not.toBe(edge.from)
  }
})

test('every phase can be reached and left', () => {
  const rows = Object.values(transitions)
  expect(new Set(rows.map(({ from }) => from))).toEqual(new Set(Object.keys(states)))
  expect(new Set(rows.map(({ to }) => to))).toEqual(new Set(Object.keys(states)))
})
