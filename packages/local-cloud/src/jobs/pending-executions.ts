import type { JobExecution } from './job.ts'

/** The executions that each thing still has to do. */
export interface PendingExecutions {
  add(execution: JobExecution): void
  remove(execution: JobExecution): void
  /** In the order in which the thing is offered them: IN_PROGRESS before QUEUED, then by the time of queueing. */
  of(thingName: string): JobExecution[]
  /** The first of them, as many as a notification or a list names: 10, and 15 with those of scheduled jobs. */
  listed(thingName: string): JobExecution[]
  /** What `$next` means for the thing. */
  first(thingName: string): JobExecution | undefined
}

const mostListed = 15
const mostListedUnscheduled = 10

export function createPendingExecutions(): PendingExecutions {
  const byThing = new Map<string, Set<JobExecution>>()
  const of = (thingName: string): JobExecution[] => [...(byThing.get(thingName) ?? [])].sort(inOrderOfOffer)
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
    of,
    listed(thingName) {
      let unscheduled = 0
      const listed = of(thingName).filter(({ job }) => {
        if (job.scheduling === undefined) unscheduled += 1
        return job.scheduling !== undefined || unscheduled <= mostListedUnscheduled
      })
      return listed.slice(0, mostListed)
    },
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
  return a.sequence - b.sequence
}
