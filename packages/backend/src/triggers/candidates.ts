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
  /** Whether no rotation of the thing is open, whoever ordered it, and it need not rest from the last one. */
  isFree: (thing: ThingName) => Promise<boolean>
}

/** How long a thing is left alone after a rotation of it, in milliseconds. */
export interface Rest {
  /** Cancelled as well: a job that is aborted cancels what it has not begun. */
  afterFailureMs: number
  /** Certificates know from the record what has been rotated, and need none. */
  afterSuccessMs: number
}

/** What an execution of a rotation says of the next one. One that was removed says nothing. */
const meanings: Readonly<Record<string, { rest: keyof Rest | 'always'; problem: string }>> = {
  QUEUED: { rest: 'always', problem: 'a rotation of it is open already' },
  IN_PROGRESS: { rest: 'always', problem: 'a rotation of it is open already' },
  FAILED: { rest: 'afterFailureMs', problem: 'a rotation of it has failed lately' },
  TIMED_OUT: { rest: 'afterFailureMs', problem: 'a rotation of it has failed lately' },
  REJECTED: { rest: 'afterFailureMs', problem: 'a rotation of it has failed lately' },
  CANCELED: { rest: 'afterFailureMs', problem: 'a rotation of it was cancelled lately' },
  SUCCEEDED: { rest: 'afterSuccessMs', problem: 'a rotation of it has succeeded lately' },
}

export function candidates(ports: TriggerPorts, rest: Rest): Candidates {
  const paced = paceOf(ports, callPauseMs)
  const rotations = new Map<JobId, boolean>()
  const isRotation = async (jobId: JobId): Promise<boolean> => {
    const known = rotations.get(jobId) ?? (await paced(() => ports.jobs.isRotation(jobId)))
    rotations.set(jobId, known)
    return known
  }
  const hindranceBy = ({ status, updatedAtMs }: ThingExecution): string | undefined => {
    const meaning = meanings[status]
    if (meaning === undefined) return undefined
    const restMs = meaning.rest === 'always' ? Number.POSITIVE_INFINITY : rest[meaning.rest]
    return ports.now() - updatedAtMs < restMs ? meaning.problem : undefined
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
      for (const execution of await paced(() => ports.rotationJobs.executionsOf(thing))) {
        const problem = hindranceBy(execution)
        if (problem !== undefined && (await isRotation(execution.jobId)))
          return leaveOut(thing, problem, execution.jobId)
      }
      return true
    },
  }
}
