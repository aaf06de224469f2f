import type { JobExecution } from './job.ts'

/** The executions that each thing still has to do. */
export interface PendingExecutions {
  add(execution: JobExecution): void
  remove(execution: JobExecution): void
  /** In the order in which the thing is offered them: IN_PROGRESS before QUEUED, then by the time of queueing. */
  of(thingName: string): JobExecution[]
  /** What `$next` means for the thing. */
  first(thingName: string): JobExecution | undefined
}

export function createPendingExecutions(): PendingExecutions {
  const byThing = new Map<string, Set<JobExecution>>()
  return {
    add(execution) {
      const pending = byThing.get(execution.thingName)
      if (pending === undefined) byThing.set(execution.thingName, new Set([execution]))
      else pending.add(execution)
    },
    remove(execution) {
      const pending = byThing.get(execution.thingName)
      pending?.delete(execution)
      if (pending?.size === 0) byThing.delete(execution.thingName)
    },
    of: thingName => [...(byThing.get(thingName) ?? [])].sort(inOrderOfOffer),
    first(thingName) {
      let first: JobExecution | undefined
      for (const execution of byThing.get(thingName) ?? [])
        if (first === undefined || inOrderOfOffer(execution, first) < 0) first = execution
      return first
    },
  }
}

function inOrderOfOffer(a: JobExecution, b: JobExecution): number {
  if (a.status !== b.status) return a.status === 'IN_PROGRESS' ? -1 : 1
  return a.queuedAtMs - b.queuedAtMs || a.sequence - b.sequence
}
