import type { CertificateId, JobId, ThingName } from '@rotator/protocol/ids'
import { openStatuses } from '../aws/rotation-jobs.ts'
import { type Pace, paceOf } from '../pace.ts'
import type { TriggerPorts } from './trigger-ports.ts'

/**
 * Between two calls. AWS IoT allows ten a second of most of these lists: two triggers may run at once, and a sweep
 * beside them.
 */
export const callPauseMs = 250

/** Finds out what can be rotated, at a pace. Whatever it leaves out is told in the log with the reason. */
export interface Candidates {
  /** For calls of the caller's own, so that all of them together keep the pace. */
  paced: Pace
  /** @returns the thing that a certificate can be rotated on; undefined where there is none */
  ofCertificate: (certificateId: CertificateId) => Promise<ThingName | undefined>
  isRotatable: (thing: ThingName) => Promise<boolean>
}

/**
 * A thing can be rotated where it is a member of the thing group that the component is deployed to, and nobody has
 * asked it for a rotation that is still open. A certificate must besides be attached to one thing alone, exclusively:
 * the backend refuses every other one.
 */
export function candidates(ports: TriggerPorts): Candidates {
  const paced = paceOf(ports, callPauseMs)
  const rotations = new Map<JobId, boolean>()
  const isRotation = async (jobId: JobId): Promise<boolean> => {
    const known = rotations.get(jobId) ?? (await paced(() => ports.jobs.isRotation(jobId)))
    rotations.set(jobId, known)
    return known
  }
  const openRotation = async (thing: ThingName): Promise<JobId | undefined> => {
    for (const status of openStatuses) {
      for (const jobId of await paced(() => ports.rotationJobs.openOf(thing, status))) {
        if (await isRotation(jobId)) return jobId
      }
    }
    return undefined
  }
  const isRotatable = async (thing: ThingName): Promise<boolean> => {
    const leaveOut = (problem: string, jobId?: JobId): false => {
      ports.report({ level: 'info', event: 'rotation-not-ordered', thingName: thing, jobId, problem })
      return false
    }
    const groups = await paced(() => ports.thingGroups.of(thing))
    if (!groups.includes(ports.thingGroup)) return leaveOut(`it is no member of ${ports.thingGroup}`)
    const jobId = await openRotation(thing)
    return jobId === undefined || leaveOut('a rotation of it is open already', jobId)
  }
  return {
    paced,
    isRotatable,
    async ofCertificate(certificateId) {
      const [only, ...others] = await paced(() => ports.certificates.thingsOf(certificateId))
      if (only?.exclusive === true && others.length === 0) {
        return (await isRotatable(only.thing)) ? only.thing : undefined
      }
      const problem =
        only === undefined
          ? 'the certificate is attached to no thing'
          : 'the certificate is not attached to one thing exclusively'
      ports.report({ level: 'info', event: 'rotation-not-ordered', certificateId, problem })
      return undefined
    },
  }
}
