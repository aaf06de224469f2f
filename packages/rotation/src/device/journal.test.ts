import { expect, test } from 'vitest'
import { decodeJournal, encodeJournal } from './journal.ts'
import { freshLive } from './live.ts'
import { live, manyStates, states } from './testing/states.ts'

test('every state comes back from the journal as it was, but for what only a process knows', () => {
  for (const state of manyStates) {
    expect(decodeJournal(encodeJournal(state))).toEqual({ ok: true, value: { ...state, live: freshLive } })
  }
})

test('waiting alone does not change the text, so that it is not written again and again', () => {
  const waiting = { ...states.commit, live: live({ attempt: 7, silentMs: 90_000, look: 'waiting' }) }
  expect(encodeJournal(waiting)).toBe(encodeJournal(states.commit))
  expect(encodeJournal(states.close)).toBe(
    `{"version":1,"state":{"phase":"close","service":"${'a'.repeat(64)}","restarts":0}}\n`,
  )
})

const text = encodeJournal(states.commit)

test.each([
  ['D10: an empty journal', '', 'not JSON'],
  ['D10: a torn one', text.slice(0, 100), 'not JSON'],
  [
    'D10: one of a newer version',
    text.replace('"version":1', '"version":2'),
    'version: written by another version (2)',
  ],
  [
    'D10: one whose version cannot be shown',
    text.replace('"version":1', '"version":{"toString":1,"valueOf":2}'),
    'version: written by another version (Object)',
  ],
  [
    'D10: one whose version is nested without end',
    text.replace('"version":1', `"version":${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    'version: written by another version (Array)',
  ],
  ['D10: one without a version', '{}', 'version: '],
  ['D10: an unknown phase', text.replace('"commit"', '"commits"'), 'state.phase: '],
  ['D10: a life of Greengrass that is no digest', text.replace('aaaa', 'A'), 'state.service: '],
  ['D10: a missing field', text.replace('"turn":0,', ''), 'state.turn: '],
  ['D10: a negative count', text.replace('"restarts":0', '"restarts":-1'), 'state.restarts: '],
  [
    'D10: a count that is no whole number',
    text.replace('"restarts":0', '"restarts":0.5'),
    'state.restarts: ',
  ],
  ['D10: a count that is text', text.replace('"restarts":0', '"restarts":"0"'), 'state.restarts: '],
])('%s is a problem, not a state', (_, journal, problem) => {
  const read = decodeJournal(journal)
  expect(read).toEqual({ ok: false, problem: expect.stringContaining(problem) })
})

const failing = encodeJournal(states.fail)
const making = encodeJournal({
  ...states.idle,
  making: {
    execution: states.fail.execution,
    algorithms: { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' },
    extended: false,
  },
})

test.each([
  [
    'a failure code that no table has',
    failing.replace('"ROLLED_BACK"', '"toString"'),
    'state.failure.code: ',
  ],
  ['a failure code that is no text', failing.replace('"ROLLED_BACK"', '7'), 'state.failure.code: '],
  [
    'an unknown key algorithm',
    making.replace('ECDSA-P256', 'RSA-1024'),
    'state.making.algorithms.keyAlgorithm: ',
  ],
  [
    'an algorithm that is no text',
    making.replace('"ECDSA-P256"', '256'),
    'state.making.algorithms.keyAlgorithm: ',
  ],
])('D10: %s is a problem, not a state', (_, journal, problem) => {
  expect(decodeJournal(journal)).toEqual({ ok: false, problem: expect.stringContaining(problem) })
})

test('a journal that was written before documents were remembered is read', () => {
  const text = encodeJournal(states.ask)
  expect(text).toContain('"extended":false,')
  expect(decodeJournal(text.replace('"extended":false,', ''))).toEqual(decodeJournal(text))
})

test('codes of both tables of codes are read', () => {
  for (const code of ['STORAGE_FAILED', 'ABANDONED', 'CLOUD_REFUSED']) {
    expect(decodeJournal(failing.replace('ROLLED_BACK', code)).ok).toBe(true)
  }
})
