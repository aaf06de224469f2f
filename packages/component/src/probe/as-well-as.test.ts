import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import { describe, expect, test } from 'vitest'
import { compareAttempts, isAcceptedByAll } from './as-well-as.ts'
import { type Attempt, found } from './finding.ts'

/** In short: what MQTT made of an identity, and the credential endpoint where it was asked. */
function attempt(mqtt: ProbeOutcome, credentials?: ProbeOutcome): Attempt {
  return { mqtt: found(mqtt, ''), ...(credentials && { credentials: found(credentials, '') }) }
}

describe('the comparison of two endpoints', () => {
  test.each([
    [
      'MQTT alone decides where it does not accept',
      ['accepted', 'refused', 'accepted'],
      ['accepted', undefined, 'accepted'],
      ['accepted', 'refused', 'accepted'],
    ],
    [
      'MQTT alone decides where there is nothing else',
      ['accepted', 'accepted', 'accepted'],
      [undefined, undefined, undefined],
      ['accepted', 'accepted', 'accepted'],
    ],
    [
      'both accept',
      ['accepted', 'accepted', 'accepted'],
      ['accepted', 'accepted', 'accepted'],
      ['accepted', 'accepted', 'accepted'],
    ],
    [
      'D7: credentials are refused to NEW alone',
      ['accepted', 'accepted', 'accepted'],
      ['accepted', 'refused', 'accepted'],
      ['accepted', 'refused', 'accepted'],
    ],
    [
      'credentials are refused to both, so NEW does as well as OLD',
      ['accepted', 'accepted', 'accepted'],
      ['refused', 'refused', 'refused'],
      ['accepted', 'accepted', 'accepted'],
    ],
    [
      'the credential endpoint cannot be reached by either',
      ['accepted', 'accepted', 'accepted'],
      ['unreachable', 'unreachable', 'unreachable'],
      ['accepted', 'accepted', 'accepted'],
    ],
    [
      'the credential endpoint was away for NEW, which is to be tried again',
      ['accepted', 'accepted', 'accepted'],
      ['accepted', 'unreachable', 'unreachable'],
      ['accepted', 'unreachable', 'unreachable'],
    ],
    [
      'OLD is refused by MQTT, so NEW does better in any case',
      ['refused', 'accepted', 'refused'],
      [undefined, 'refused', undefined],
      ['refused', 'accepted', 'refused'],
    ],
  ] satisfies [string, ProbeOutcome[], (ProbeOutcome | undefined)[], ProbeOutcome[]][])(
    '%s',
    (_name, mqtt, credentials, [before, trial, after]) => {
      const [first, second, third] = mqtt.map((outcome, at) => attempt(outcome, credentials[at])) as [
        Attempt,
        Attempt,
        Attempt,
      ]
      expect(compareAttempts(first, second, third)).toEqual({ before, trial, after })
    },
  )

  test('an identity is accepted by all where no endpoint objects', () => {
    expect(isAcceptedByAll(attempt('accepted'))).toBe(true)
    expect(isAcceptedByAll(attempt('accepted', 'accepted'))).toBe(true)
    expect(isAcceptedByAll(attempt('accepted', 'refused'))).toBe(false)
    expect(isAcceptedByAll(attempt('refused'))).toBe(false)
  })
})
