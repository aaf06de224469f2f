import { v1GivesUpMs, v1PatienceMs } from '@rotator/backend/device-exchange'
import {
  askAgainMs,
  lookAfterMs,
  lookAgainMs,
  looksNeeded,
  notConnectedForLongMs,
  otherSideAfterMs,
  pollMs,
  pollSpreadMs,
  pollsAtRest,
  restartAgainMs,
  settleMs,
  versionOnePatienceMs,
} from '@rotator/rotation/device/times'
import { alignedTable } from './markdown.ts'

const second = 1000
const minute = 60 * second

/** So many steps that whatever doubles has reached its end. */
const lastStep = 30

const duration = (ms: number): string => (ms % minute === 0 ? `${ms / minute} min` : `${ms / second} s`)

const growing = (stepMs: (step: number) => number): string =>
  `${duration(stepMs(0))}, doubling to ${duration(stepMs(lastStep))}`

/** How long who waits for what, from the constants themselves. */
export const timesTable = (): string =>
  alignedTable(
    ['who', 'waits', 'before'],
    [
      [
        'device',
        `${duration(pollMs)} ± ${duration(pollSpreadMs)}`,
        `it asks for the next job, notified or not; once in ${duration(pollMs * pollsAtRest)} where it was answered and nothing is left to clear up`,
      ],
      ['device', growing(askAgainMs), 'it repeats a question, or a report'],
      [
        'device',
        duration(versionOnePatienceMs),
        'it repeats a create to a backend of version 1, or one not known yet',
      ],
      [
        'device',
        duration(lookAfterMs),
        'it takes silence for a reason to compare both identities at the endpoint',
      ],
      ['device', duration(lookAgainMs), `it compares again; ${looksNeeded} in a row are evidence`],
      [
        'device',
        duration(notConnectedForLongMs),
        'it asks, with one identity alone, whether the endpoint accepts it',
      ],
      ['device', growing(restartAgainMs), 'it restarts Greengrass again'],
      [
        'device',
        growing(otherSideAfterMs),
        'it tries the other identity, as a question, where no probe can tell',
      ],
      ['device', duration(settleMs), 'it closes a rotation whose end a version 1 backend has not told'],
      ['backend', duration(v1PatienceMs), 'it stops to try again for a device of version 1'],
      [
        'backend',
        duration(v1GivesUpMs),
        'it drops a request of a device of version 1, which has given up by then',
      ],
    ],
  )
