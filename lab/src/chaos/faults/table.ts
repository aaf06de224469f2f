import type { Fault, Weights } from '../storm.ts'
import type { FaultKind } from '../tally.ts'
import { deactivateCertificate, failCalls } from './cloud.ts'
import { fillDisk, jumpClock } from './device.ts'
import { cancelJob, deleteJob, timeOutJob } from './jobs.ts'
import { cutNetwork, delayNetwork, loseOnNetwork } from './network.ts'
import { killComponent, killCore, killFunction, restartGreengrass } from './processes.ts'

/** How each kind of fault is brought about. */
export const faults: Readonly<Record<FaultKind, Fault>> = {
  'core-killed': killCore,
  'component-killed': killComponent,
  'function-killed': killFunction,
  'greengrass-restarted': restartGreengrass,
  'network-cut': cutNetwork,
  'network-delay': delayNetwork,
  'network-loss': loseOnNetwork,
  'call-failed': failCalls,
  'disk-full': fillDisk,
  'clock-jump': jumpClock,
  'certificate-deactivated': deactivateCertificate,
  'job-cancelled': cancelJob,
  'job-deleted': deleteJob,
  'job-timed-out': timeOutJob,
}

const usualWeights: Weights = {
  'core-killed': 2,
  'component-killed': 3,
  'function-killed': 6,
  'greengrass-restarted': 1,
  'network-cut': 2,
  'network-delay': 3,
  'network-loss': 2,
  'call-failed': 3,
  'disk-full': 2,
  'clock-jump': 2,
  // Most of the time no new certificate is on trial.
  'certificate-deactivated': 6,
  'job-cancelled': 1,
  'job-deleted': 1,
  'job-timed-out': 1,
}

export const weights = (skipped: ReadonlySet<FaultKind>): Weights => ({
  ...usualWeights,
  ...Object.fromEntries([...skipped].map(kind => [kind, 0])),
})
