import type { JobsService } from '@rotator/local-cloud/jobs/jobs-service'
import type { EndStatus } from '@rotator/rotation/record/events'
import type { RotationRecord } from '@rotator/rotation/record/record'

export interface EndedAttempt {
  thing: string
  jobId: string
  executionNumber: number
  status: EndStatus
  /** Taken back, by an operator or by the abort of its job, before the device took it up. */
  isWithdrawn: boolean
}

/** Whether the record is that of this very try. */
export function isRecordOf(
  record: RotationRecord,
  { jobId, executionNumber }: Pick<EndedAttempt, 'jobId' | 'executionNumber'>,
): boolean {
  if (record.progress === 'none') return false
  return record.execution?.jobId === jobId && record.execution.executionNumber === executionNumber
}

/** Every execution that ended, by what AWS IoT Jobs itself knows, whether or not it tells anybody. */
export class ExecutionLedger {
  readonly ended: EndedAttempt[] = []
  /** Those too of which nothing is left: what is told of them late is true all the same. */
  readonly everEnded: EndedAttempt[] = []
  readonly #onEnd: (attempt: EndedAttempt) => void
  /** Deletions that reached the backend, as thing and job. */
  readonly #heardDeletions = new Set<string>()

  /** @param onEnd called as each ends */
  constructor(jobs: Pick<JobsService, 'onExecutionEnded'>, onEnd: (attempt: EndedAttempt) => void) {
    this.#onEnd = onEnd
    jobs.onExecutionEnded(({ operation, execution }) => {
      if (operation === 'deleted') return
      const { thingName: thing, job } = execution
      const isTakenBack = operation === 'canceled' || operation === 'removed'
      const isWithdrawn = isTakenBack && execution.startedAtMs === undefined
      this.#add({ thing, jobId: job.jobId, status: statusOf[operation], isWithdrawn })
    })
  }

  /** With a job its executions are gone from AWS IoT Jobs: what no record names by then, nothing is left to tell of. */
  forget(isForgotten: (attempt: EndedAttempt) => boolean): void {
    for (const [at, attempt] of [...this.ended.entries()].toReversed()) {
      if (isForgotten(attempt)) this.ended.splice(at, 1)
    }
  }

  /** A deletion is told of executions that had ended before alike, so whoever deletes says which had not. */
  deletedWhileOpen(thing: string, jobId: string): void {
    this.#add({ thing, jobId, status: 'DELETED', isWithdrawn: false })
  }

  /** The backend was told of a deletion, or found it out. */
  deletionHeard(thing: string, jobId: string): void {
    this.#heardDeletions.add(`${thing} ${jobId}`)
  }

  /**
   * Whether nothing is left that could tell of it: its job is deleted, and the event of that was lost. Its record is
   * settled by the sweep or by the next rotation; whoever deleted the job by force knows of it.
   *
   * So does who took an execution back that its device had not taken up: no rotation began, so none failed. A mail for each
   * such device of a large job would hide those that there is something to do about. Not so where the record names it: a
   * device has spoken for it all the same, which who took it back does not know.
   *
   * @param record the thing's, at rest
   */
  isBeyondTelling(attempt: EndedAttempt, record: RotationRecord): boolean {
    const { thing, jobId, status, isWithdrawn } = attempt
    if (isWithdrawn) return !isRecordOf(record, attempt)
    return status === 'DELETED' && !this.#heardDeletions.has(`${thing} ${jobId}`)
  }

  /** Of a thing's execution of a job that has not ended: a retry counts on. */
  nextNumber(thing: string, jobId: string): number {
    return this.ended.filter(one => one.thing === thing && one.jobId === jobId).length + 1
  }

  #add(end: Omit<EndedAttempt, 'executionNumber'>): void {
    const { thing, jobId } = end
    const before = this.ended.filter(one => one.thing === thing && one.jobId === jobId).length
    const attempt = { ...end, executionNumber: before + 1 }
    this.ended.push(attempt)
    this.everEnded.push(attempt)
    this.#onEnd(attempt)
  }
}

const statusOf = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  timed_out: 'TIMED_OUT',
  rejected: 'REJECTED',
  removed: 'REMOVED',
  canceled: 'CANCELED',
} as const satisfies Record<string, EndStatus>
