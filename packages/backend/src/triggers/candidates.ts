import type { JobId, ThingName } from '@rotator/protocol/ids'
import type { ThingExecution } from '../aws/rotation-jobs.ts'
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
  /** Whether no rotation of the thing is open, whoever ordered it, and none has failed lately. */
  isFree: (thing: ThingName) => Promise<boolean>
}

/**
 * What an execution of a rotation says of the next one. One that was cancelled or removed says nothing, and one that
 * succeeded says it in the record.
 */
const meanings: Readonly<Record<string, 'open' | 'failed'>> = {
  QUEUED: 'open',
  IN_PROGRESS: 'open',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  REJECTED: 'failed',
}

/** @param restMs how long a thing is left alone after a rotation of it has failed */
export function candidates(ports: TriggerPorts, restMs: number): Candidates {
  const paced = paceOf(ports, callPauseMs)
  const rotations = new Map<JobId, boolean>()
  const isRotation = async (jobId: JobId): Promise<boolean> => {
    const known = rotations.get(jobId) ?? (await paced(() => ports.jobs.isRotation(jobId)))
    rotations.set(jobId, known)
    return known
  }
  const hindrance = async (thing: ThingName): Promise<ThingExecution | undefined> => {
    const restingSinceMs = ports.now() - restMs
    for (const execution of await paced(() => ports.rotationJobs.executionsOf(thing))) {
      const meaning = meanings[execution.status]
      const hinders = meaning === 'open' || (meaning === 'failed' && execution.updatedAtMs > restingSinceMs)
      if (hinders && (await isRotation(execution.jobId))) return execution
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
      const found = await hindrance(thing)
      if (found === undefined) return true
      const isOpen = meanings[found.status] === 'open'
      const problem = isOpen ? 'a rotation of it is open already' : 'a rotation of it has failed lately'
      return leaveOut(thing, problem, found.jobId)
    },
  }
}
