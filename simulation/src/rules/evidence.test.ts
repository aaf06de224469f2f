import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import { describe, expect, test } from 'vitest'
import { Seen } from '../device/seen.ts'
import { brokenByAnswer, evidenceFor } from './evidence.ts'

function compared(...rows: readonly (readonly [ProbeOutcome, ProbeOutcome, ProbeOutcome])[]): Seen {
  const seen = new Seen()
  for (const [before, trial, after] of rows) {
    seen.probed('previous', before)
    seen.probed('current', trial)
    seen.probed('previous', after)
  }
  return seen
}

const refused = ['accepted', 'refused', 'accepted'] as const

describe('a refusal of NEW', () => {
  test('is evidence where three comparisons in a row show it', () => {
    expect(evidenceFor('commit-refused', compared(refused, refused, refused))).toBe(
      'new-refused-old-accepted',
    )
    const outage = ['unreachable', 'unreachable', 'unreachable'] as const
    expect(evidenceFor('finish-refused', compared(outage, refused, refused, refused))).toBe(
      'new-refused-old-accepted',
    )
  })

  test.each([
    ['twice', compared(refused, refused)],
    ['with an outage in between', compared(refused, ['accepted', 'unreachable', 'accepted'], refused)],
    ['while OLD is refused as well', compared(refused, refused, ['accepted', 'refused', 'refused'])],
  ])('is none %s', (_, seen) => {
    expect(evidenceFor('commit-refused', seen)).toBeUndefined()
  })
})

test('the other side is asked where comparisons show nothing, and not where NEW is refused or accepted', () => {
  for (const one of ['refused', 'unreachable', 'impossible'] as const) {
    expect(evidenceFor('commit-question', compared([one, one, one]))).toBe('as-a-question')
  }
  expect(evidenceFor('commit-question', compared(refused))).toBeUndefined()
  expect(evidenceFor('commit-question', compared(['accepted', 'accepted', 'accepted']))).toBeUndefined()
})

describe('an answer', () => {
  const question = { jobId: 'J1', executionNumber: 1, certificateId: 'a', turn: 2 }
  const asked = (): Seen => {
    const seen = new Seen()
    seen.said(JSON.stringify({ ...question, turn: 1 }))
    seen.said(JSON.stringify(question))
    return seen
  }
  const topic = 'awslabs/things/dev1/certificate/commit/'

  test('to the last question counts', () => {
    const seen = asked()
    seen.heard(`${topic}rejected`, JSON.stringify({ ...question, code: 'ABANDONED', retryable: false }))
    seen.heard(`${topic}accepted`, JSON.stringify(question))
    expect(evidenceFor('commit-rejected', seen)).toBe('final-rejection')
    expect(brokenByAnswer('commit-to-finish', seen)).toEqual([])
    expect(evidenceFor('ask-rejected', seen)).toBe('not-a-rollback')
    expect(brokenByAnswer('ask-to-check', seen)).toEqual([])
  })

  test.each([
    ['another turn', { ...question, turn: 1 }],
    ['another certificate', { ...question, certificateId: 'b' }],
    ['another execution', { ...question, executionNumber: 2 }],
    ['nothing that is named', {}],
    ['what may be asked again', { ...question, retryable: true }],
  ])('to %s is none', (_, answer) => {
    const seen = asked()
    seen.heard(`${topic}rejected`, JSON.stringify(answer))
    expect(evidenceFor('finish-rejected', seen)).toBeUndefined()
    expect(brokenByAnswer('commit-to-finish', seen)).toEqual([
      { rule: 2, problem: 'the device went on without an answer to its question' },
    ])
  })

  test('that cannot be read is none', () => {
    const seen = asked()
    seen.said('{')
    seen.heard(`${topic}accepted`, '{')
    expect(seen.isAnsweredBy('commit/accepted')).toBe(false)
  })
})
