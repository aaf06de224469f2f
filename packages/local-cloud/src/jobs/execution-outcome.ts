import type { Engine } from './engine.ts'
import { endExecution, queueExecution, shareOf } from './execution-lifecycle.ts'
import type { ExecutionStatus, Job, JobExecution, JobShare, TerminalStatus } from './job.ts'
import { cancelJob } from './job-cancellation.ts'
import { completeIfDone } from './job-completion.ts'
import type { AbortCriterion, RetryCriterion } from './job-configuration.ts'

/** Ends an execution and does what follows for its job: abort, else retry, else perhaps completion. */
export function concludeExecution(
  engine: Engine,
  execution: JobExecution,
  status: TerminalStatus,
  statusDetails?: JobExecution['statusDetails'],
): void {
  const { job } = execution
  endExecution(engine, execution, status, statusDetails)
  if (job.status !== 'IN_PROGRESS') return
  if (job.configuration.abortConfig?.criteriaList.some(criterion => isAbortDue(criterion, job))) {
    cancelJob(engine, job, { force: false })
    return
  }
  const share = shareOf(engine, job, execution.thingName)
  if (isRetryDue(job.configuration.jobExecutionsRetryConfig?.criteriaList ?? [], share, execution))
    queueExecution(engine, share, job, execution.retryAttempt + 1)
  completeIfDone(engine, job)
}

/** Failures are counted over things, by their latest execution; the percentage is of the things that were notified. */
export function isAbortDue(criterion: AbortCriterion, job: Job): boolean {
  const notified = Object.values(job.thingsByStatus).reduce((sum, things) => sum + things, 0)
  if (notified < criterion.minNumberOfExecutedThings) return false
  const failed =
    criterion.failureType === 'ALL'
      ? job.thingsByStatus.FAILED + job.thingsByStatus.REJECTED + job.thingsByStatus.TIMED_OUT
      : job.thingsByStatus[criterion.failureType]
  return failed > 0 && (failed / notified) * 100 >= criterion.thresholdPercentage
}

/** Counts the failures of the same kind since the thing (re-)joined against the retries allowed for that kind. */
export function isRetryDue(
  criteria: readonly RetryCriterion[],
  share: JobShare,
  failed: JobExecution,
): boolean {
  const { status } = failed
  if (status !== 'FAILED' && status !== 'TIMED_OUT') return false
  const run = share.executions.slice(share.executions.length - 1 - failed.retryAttempt)
  return criteria.some(({ failureType, numberOfRetries }) => {
    if (failureType !== 'ALL' && failureType !== status) return false
    const failures = run.filter(execution => isOfType(execution.status, failureType)).length
    return failures <= numberOfRetries
  })
}

const isOfType = (status: ExecutionStatus, type: RetryCriterion['failureType']): boolean =>
  type === 'ALL' ? status === 'FAILED' || status === 'TIMED_OUT' : status === type
