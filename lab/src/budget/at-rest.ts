import { pageSize } from '@rotator/backend/aws/page'
import { listPauseMs } from '@rotator/backend/sweep/walk'
import { readSettings } from '@rotator/infra/settings'
import { pollMs, pollsAtRest } from '@rotator/rotation/device/times'
import type { Metered } from './cost.ts'
import { quotas } from './quotas.ts'

/** What nothing to do costs is counted for so many devices, and for a month of 30 days. */
export const devicesCounted = 1_000
const days = 30
const askEveryMs = pollMs * pollsAtRest
const monthMs = days * 86_400_000

const { sweepEveryMinutes, sweepRoundMinutes } = readSettings({})
const sweeps = (days * 1_440) / sweepEveryMinutes
const pages = devicesCounted / pageSize
/** What AWS IoT lists of one thing: its name, its ARN, a few attributes. */
const listedKilobytes = 0.2

/**
 * What AWS meters while no device rotates, for {@link devicesCounted} devices and a month, with a deployment that chooses
 * no settings. Sources and region are those of a rotation's; Amazon CloudWatch Logs takes 50 cents for a gigabyte. That a list is
 * metered by the kilobyte, as records are, is the dearer reading of AWS IoT Core's "additional metering details".
 */
export const meteredAtRest: readonly Metered[] = [
  {
    what: 'messages of 5 KB: the device asks AWS IoT Jobs for its next job, and is answered',
    times: (2 * devicesCounted * monthMs) / askEveryMs,
    perMillion: 1,
  },
  {
    what: 'operations of the registry, of 1 KB: the sweep lists the things (about)',
    times: sweeps * Math.ceil(devicesCounted * listedKilobytes),
    perMillion: 1.25,
  },
  {
    what: 'operations of shadows, of 1 KB: the sweep reads the records in turn (about)',
    times: (devicesCounted * days * 1_440) / sweepRoundMinutes,
    perMillion: 1.25,
  },
  {
    what: 'gigabyte-seconds of the sweep, which waits between two lists (about)',
    times: sweeps * pages * (listPauseMs / 1_000) * 0.25,
    perMillion: 13.34,
  },
  { what: 'kilobytes of logs: two for each sweep (about)', times: sweeps * 2, perMillion: 0.5 },
]

/** Dollars a month for {@link devicesCounted} devices that do not rotate. */
export const costAtRest = (): number =>
  meteredAtRest.reduce((sum, { times, perMillion }) => sum + (times * perMillion) / 1_000_000, 0)

/** The share of the quota that polls may take: create and commit ask AWS IoT Jobs by the same one. */
export const shareForPolls = 0.5

/** How many devices at rest use up that share, when their polls are spread evenly. */
export function mostDevicesAtRest(): number {
  const quota = quotas['DescribeJobExecution']
  if (quota === undefined)
    throw new Error('The quota of DescribeJobExecution is not known: add it to quotas.ts.')
  return quota.perSecond * shareForPolls * (askEveryMs / 1_000)
}
