import { type Comparison, judge, type ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Attempt } from './finding.ts'

/** Whether both endpoints took an identity, as far as there are two. */
export const isAcceptedByAll = ({ mqtt, credentials }: Attempt): boolean =>
  mqtt.outcome === 'accepted' && (credentials === undefined || credentials.outcome === 'accepted')

/**
 * Joins what both endpoints made of the reference, the one on trial, and the reference again. NEW has to do at least
 * as well as OLD: credentials that OLD does not get either are no reason to keep a device from a new certificate.
 */
export function compareAttempts(before: Attempt, trial: Attempt, after: Attempt): Comparison {
  const mqtt = by(before, trial, after, ({ mqtt }) => mqtt.outcome)
  if (judge(mqtt) !== 'trial-accepted' || trial.credentials === undefined) return mqtt
  const credentials = by(
    before,
    trial,
    after,
    attempt => attempt.credentials?.outcome ?? attempt.mqtt.outcome,
  )
  return isAsGood(credentials) ? mqtt : credentials
}

const by = (
  before: Attempt,
  trial: Attempt,
  after: Attempt,
  outcomeOf: (attempt: Attempt) => ProbeOutcome,
): Comparison => ({ before: outcomeOf(before), trial: outcomeOf(trial), after: outcomeOf(after) })

const isAsGood = ({ before, trial, after }: Comparison): boolean =>
  trial === 'accepted' || (before === trial && after === trial)
