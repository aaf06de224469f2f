import { longestDelaySeconds } from '@rotator/backend/aws/retirements'
import { readSettings } from '@rotator/infra/settings'

/** How often a message of the retire queue is handed over during the hold of a deployment that chooses none. */
export const turnsOfHold = Math.ceil(readSettings({}).retireHoldSeconds / longestDelaySeconds)

/** What AWS meters of one rotation, with the list price of US East (N. Virginia) in dollars for a million. */
export interface Metered {
  what: string
  times: number
  /** Dollars for a million. */
  perMillion: number
}

/**
 * Sources: the pricing pages of AWS IoT Core, with "additional metering details", AWS IoT Device Management, AWS Lambda,
 * Amazon SQS and Amazon CloudWatch Logs. Registry operations that are metered are attaching a principal and listing principals; certificates
 * and policies are not; the V2 listing, which that page does not name, is taken for the first one. Free tiers are left out. The turns of a hold are those of a message alone: a wave's share them.
 */
export const metered: readonly Metered[] = [
  { what: 'a remote action of AWS IoT Jobs', times: 1, perMillion: 3_000 },
  { what: 'operations of registry and shadows, of 1 KB (about)', times: 12, perMillion: 1.25 },
  {
    what: 'messages of the device and to it, of 5 KB, with those of AWS IoT Jobs (about)',
    times: 14,
    perMillion: 1,
  },
  { what: 'rules that are triggered', times: 3, perMillion: 0.15 },
  { what: 'actions of rules', times: 3, perMillion: 0.15 },
  { what: 'invocations of functions', times: 4 + turnsOfHold, perMillion: 0.2 },
  {
    what: 'gigabyte-seconds of functions on arm64, of 256 MB: 1 s for each of four, 20 ms for a turn of the hold (about)',
    times: 0.25 * (4 + 0.02 * turnsOfHold),
    perMillion: 13.34,
  },
  { what: 'requests to the queue (about)', times: 4 + 3 * turnsOfHold, perMillion: 0.4 },
  {
    what: 'kilobytes of logs: half of one for each invocation (about)',
    times: 0.5 * (4 + turnsOfHold),
    perMillion: 0.5,
  },
]

/** Dollars for one thing metered. */
const costOf = ({ times, perMillion }: Metered): number => (times * perMillion) / 1_000_000

/** Dollars for one rotation. */
export const costOfRotation = (): number => metered.reduce((sum, one) => sum + costOf(one), 0)

/** Dollars for what is not the remote action of AWS IoT Jobs. */
export const costBesideJobs = (): number => metered.slice(1).reduce((sum, one) => sum + costOf(one), 0)
