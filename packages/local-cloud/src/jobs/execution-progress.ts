import { type Engine, settle } from './engine.ts'
import { concludeExecution } from './execution-outcome.ts'
import { deadlineOf, type JobExecution } from './job.ts'

const minuteMs = 60_000

/** Minutes, or -1 to take the timer off. */
export type StepTimeout = number | undefined

/** A report that the execution is in progress: starts it where it was queued, and always counts as an update. */
export function progressExecution(
  engine: Engine,
  execution: JobExecution,
  report: { statusDetails?: JobExecution['statusDetails'] | undefined; stepTimeoutInMinutes?: StepTimeout },
): void {
  const now = engine.clock.now()
  engine.outbox.beforeChange(execution.thingName)
  if (execution.status === 'QUEUED') {
    execution.job.thingsByStatus.QUEUED -= 1
    execution.job.thingsByStatus.IN_PROGRESS += 1
    execution.status = 'IN_PROGRESS'
    execution.startedAtMs = now
    const minutes = execution.job.configuration.timeoutConfig?.inProgressTimeoutInMinutes
    if (minutes !== undefined) execution.inProgressDeadlineMs = now + minutes * minuteMs
  }
  execution.statusDetails = report.statusDetails ?? execution.statusDetails
  execution.versionNumber += 1
  execution.lastUpdatedAtMs = now
  setStepTimer(engine, execution, report.stepTimeoutInMinutes)
}

/** Sets, replaces or takes off the step timer of an execution in progress. */
export function setStepTimer(engine: Engine, execution: JobExecution, minutes: StepTimeout): void {
  if (minutes === -1) execution.stepDeadlineMs = undefined
  else if (minutes !== undefined) execution.stepDeadlineMs = engine.clock.now() + minutes * minuteMs
  armTimer(engine, execution)
}

function armTimer(engine: Engine, execution: JobExecution): void {
  execution.timer?.cancel()
  const deadlineMs = deadlineOf(execution)
  execution.timer =
    deadlineMs === undefined
      ? undefined
      : engine.deadlines.at(deadlineMs, () =>
          settle(engine, () => concludeExecution(engine, execution, 'TIMED_OUT')),
        )
}
