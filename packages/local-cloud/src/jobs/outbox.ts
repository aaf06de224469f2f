import type { Job, JobExecution, TerminalStatus } from './job.ts'
import type { PendingExecutions } from './pending-executions.ts'

export type JobOperation =
  | 'completed'
  | 'canceled'
  | 'deleted'
  | 'cancellation_in_progress'
  | 'deletion_in_progress'

/** What Jobs says of its own accord. Each is called when the change, and the reply to it, are done. */
export interface JobsListener {
  /** The thing's list of pending executions gained or lost a member. */
  pendingChanged(thingName: string): void
  /** Another execution, or none, is the thing's next. */
  nextChanged(thingName: string): void
  executionEnded(event: ExecutionEvent): void
  jobChanged(event: JobEvent): void
}

export interface ExecutionEvent {
  operation: Lowercase<TerminalStatus> | 'deleted'
  execution: JobExecution
  /** The status at the moment of the event. */
  status: JobExecution['status']
  statusDetails: JobExecution['statusDetails']
}

export interface JobEvent {
  operation: JobOperation
  job: Job
}

/** Gathers what changed, so that a reply goes out before the notifications that it causes. */
export interface Outbox {
  /** To be called before the pending list of the thing changes in any way. */
  beforeChange(thingName: string): void
  listChanged(thingName: string): void
  ended(event: ExecutionEvent): void
  jobChanged(operation: JobOperation, job: Job): void
  flush(): void
}

interface Touched {
  firstBefore: JobExecution | undefined
  listChanged: boolean
}

export function createOutbox(pending: PendingExecutions, listener: JobsListener): Outbox {
  let touched = new Map<string, Touched>()
  let events: (() => void)[] = []

  function touch(thingName: string): Touched {
    const known = touched.get(thingName)
    if (known !== undefined) return known
    const fresh: Touched = { firstBefore: pending.first(thingName), listChanged: false }
    touched.set(thingName, fresh)
    return fresh
  }

  return {
    beforeChange: thingName => void touch(thingName),
    listChanged(thingName) {
      touch(thingName).listChanged = true
    },
    ended: event => void events.push(() => listener.executionEnded(event)),
    jobChanged: (operation, job) => void events.push(() => listener.jobChanged({ operation, job })),
    flush() {
      // A listener may come back with a request of its own, which must find an empty box.
      const [things, messages] = [touched, events]
      touched = new Map()
      events = []
      for (const [thingName, { firstBefore, listChanged }] of things) {
        if (listChanged) listener.pendingChanged(thingName)
        if (pending.first(thingName) !== firstBefore) listener.nextChanged(thingName)
      }
      for (const message of messages) message()
    },
  }
}
