import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Registry } from '../registry/registry.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { Job } from './job.ts'
import { createOutbox, type JobsListener, type Outbox } from './outbox.ts'
import { createPendingExecutions, type PendingExecutions } from './pending-executions.ts'

/** The state of the Jobs service and what its rules need of the world. No I/O: time and the registry are passed in. */
export interface Engine {
  readonly account: Account
  readonly clock: Clock
  readonly registry: Registry
  readonly deadlines: Deadlines
  readonly pending: PendingExecutions
  readonly outbox: Outbox
  readonly jobs: Map<string, Job>
  /** The jobs that a thing has executions of, by thing name. */
  readonly jobsOfThing: Map<string, Set<Job>>
  /** Continuous jobs that still take new members. */
  readonly continuousJobs: Set<Job>
  nextSequence: number
}

export function createEngine(deps: {
  account: Account
  clock: Clock
  registry: Registry
  listener: JobsListener
}): Engine {
  const pending = createPendingExecutions()
  return {
    account: deps.account,
    clock: deps.clock,
    registry: deps.registry,
    deadlines: createDeadlines(deps.clock),
    pending,
    outbox: createOutbox(pending, deps.listener),
    jobs: new Map(),
    jobsOfThing: new Map(),
    continuousJobs: new Set(),
    nextSequence: 1,
  }
}

/** Carries out one change, answers it included, and only then tells the world what it caused. */
export function settle<T>(engine: Engine, change: () => T): T {
  try {
    return change()
  } finally {
    engine.outbox.flush()
  }
}
