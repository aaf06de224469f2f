import { pageSize } from '@rotator/backend/aws/page'
import { longestDelaySeconds } from '@rotator/backend/aws/retirements'
import { mostTargets } from '@rotator/backend/aws/rotation-jobs'
import { mayLastMs } from '@rotator/backend/sweep/sweep-run'
import { listPauseMs } from '@rotator/backend/sweep/walk'
import { callPauseMs } from '@rotator/backend/triggers/candidates'
import { invocationMs } from '@rotator/backend/triggers/times'
import { readSettings } from '@rotator/infra/settings'
import { quotas } from './quotas.ts'

/** The share of a quota that rotations may take: other programs of the account have some of it too. */
const shareForRotations = 0.8

/** How many rotations a minute the attaching of their policies lets through. */
export function attachingPerMinute(policies: number): number {
  const quota = quotas['AttachPolicy']
  if (quota === undefined) throw new Error('The quota of AttachPolicy is not known: add it to quotas.ts.')
  return (quota.perSecond * 60 * shareForRotations) / policies
}

/**
 * How much a sweep lists before it counts as too long, where nothing else holds it up: things, and executions of rotations'
 * jobs that are open or ended lately.
 *
 * @param everyMinutes the setting `SweepEveryInMinutes`
 */
export function mostListed(everyMinutes: number): number {
  const { sweepGraceSeconds: graceSeconds, sweepRoundMinutes } = readSettings({})
  const times = { everySeconds: everyMinutes * 60, roundSeconds: sweepRoundMinutes * 60, graceSeconds }
  return (mayLastMs(times) / listPauseMs) * pageSize
}

/** How many messages a second the retire queue hands over while so many certificates wait for the end of their hold. */
export const holdTurnsPerSecond = (inHold: number): number => inHold / longestDelaySeconds

/** How many things a schedule with a run every so many minutes orders in a day at most. */
export const orderedADay = (everyMinutes: number): number => (1_440 / everyMinutes) * mostTargets

/** How many findings a trigger reads within the time in which one of its invocations begins work. */
export const mostFindings = (): number => (invocationMs / callPauseMs) * pageSize
