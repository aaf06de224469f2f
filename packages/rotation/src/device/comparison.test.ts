import { expect, test } from 'vitest'
import { judge, type ProbeOutcome, referenceRefused } from './comparison.ts'

test.each<[ProbeOutcome, ProbeOutcome, ProbeOutcome, string]>([
  ['accepted', 'accepted', 'accepted', 'trial-accepted'],
  ['refused', 'accepted', 'refused', 'trial-accepted'],
  ['unreachable', 'accepted', 'unreachable', 'trial-accepted'],
  ['impossible', 'accepted', 'impossible', 'trial-accepted'],
  ['accepted', 'refused', 'accepted', 'trial-refused'],
  ['refused', 'refused', 'refused', 'both-refused'],
  ['accepted', 'refused', 'refused', 'unclear'],
  ['refused', 'refused', 'accepted', 'unclear'],
  ['accepted', 'refused', 'unreachable', 'unclear'],
  ['unreachable', 'refused', 'accepted', 'unclear'],
  ['refused', 'refused', 'unreachable', 'unclear'],
  ['unreachable', 'refused', 'refused', 'unclear'],
  ['accepted', 'unreachable', 'accepted', 'unclear'],
  ['refused', 'unreachable', 'refused', 'unclear'],
  ['unreachable', 'unreachable', 'unreachable', 'unclear'],
  ['impossible', 'refused', 'refused', 'impossible'],
  ['refused', 'refused', 'impossible', 'impossible'],
  ['accepted', 'impossible', 'accepted', 'impossible'],
])('reference %s, trial %s, reference %s: %s', (before, trial, after, verdict) => {
  expect(judge({ before, trial, after })).toBe(verdict)
})

test('a reference that was refused even once is refused', () => {
  expect(referenceRefused({ before: 'refused', trial: 'accepted', after: 'accepted' })).toBe(true)
  expect(referenceRefused({ before: 'accepted', trial: 'accepted', after: 'refused' })).toBe(true)
  expect(referenceRefused({ before: 'unreachable', trial: 'refused', after: 'impossible' })).toBe(false)
  // The cloud has just answered over the one on trial, so it is the probe that is refused.
  expect(referenceRefused({ before: 'refused', trial: 'refused', after: 'refused' })).toBe(false)
  expect(referenceRefused({ before: 'refused', trial: 'refused', after: 'unreachable' })).toBe(true)
})
