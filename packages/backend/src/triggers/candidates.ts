import type { JobId, ThingName } from '@rotator/protocol/ids'
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
  /** A thing can be rotated where it is a member of the thing group that the component is deployed to. */
  isMember: (thing: ThingName) => Promise<boolean>
  /** Whether nobody has asked the thing for a rotation that is still open. */
  isFree: (thing: ThingName) => Promise<boolean>
}

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
  const leaveOut = (thingName: ThingName, problem: string, jobId?: JobId): false => {
    ports.report({ level: 'info', event: 'rotation-not-ordered', thingName, jobId, problem })
    return false
  }
  return {
    paced,
    async isMember(thing) {
      const groups = await paced(() => ports.thingGroups.of(thing))
      return groups.includes(ports.thingGroup) || leaveOut(thing, `it is no member of ${ports.thingGroup}`)
    },
    async isFree(thing) {
      const jobId = await openRotation(thing)
      return jobId === undefined || leaveOut(thing, 'a rotation of it is open already', jobId)
    },
  }
}
