import type { Engine } from './engine.ts'
import { detailsOf, secondsLeft } from './execution-view.ts'
import type { Job, JobExecution } from './job.ts'
import { isRollingOut } from './job-completion.ts'
import type { JobTemplate } from './job-templates.ts'

/** How the control plane writes jobs, executions and templates. Times are seconds since the epoch, with fractions. */

const seconds = (ms: number): number => ms / 1000

/** Summary of ListJobs. */
export function jobSummary(job: Job): Record<string, unknown> {
  return {
    jobArn: job.jobArn,
    jobId: job.jobId,
    targetSelection: job.targetSelection,
    status: job.status,
    createdAt: seconds(job.createdAtMs),
    lastUpdatedAt: seconds(job.lastUpdatedAtMs),
    ...(job.completedAtMs !== undefined && { completedAt: seconds(job.completedAtMs) }),
    isConcurrent: isRollingOut(job),
  }
}

/** DescribeJob. */
export function jobDescription(job: Job): Record<string, unknown> {
  return {
    ...jobSummary(job),
    forceCanceled: job.forceCanceled,
    ...(job.reasonCode !== undefined && { reasonCode: job.reasonCode }),
    ...(job.comment !== undefined && { comment: job.comment }),
    targets: job.targetArns,
    ...(job.description !== undefined && { description: job.description }),
    ...(job.jobTemplateArn !== undefined && { jobTemplateArn: job.jobTemplateArn }),
    ...job.configuration,
    ...schedulingOf(job),
    jobProcessDetails: processDetails(job),
  }
}

function schedulingOf({ scheduling }: Job): Record<string, unknown> {
  if (scheduling === undefined) return {}
  const { startTime, endTime, endBehavior } = scheduling
  return {
    schedulingConfig: {
      ...(startTime !== undefined && { startTime }),
      ...(endTime !== undefined && { endTime }),
      ...(endBehavior !== undefined && { endBehavior }),
    },
  }
}

function processDetails(job: Job): Record<string, unknown> {
  const { thingsByStatus } = job
  return {
    ...(isRollingOut(job) && { processingTargets: job.targetArns }),
    numberOfCanceledThings: thingsByStatus.CANCELED,
    numberOfSucceededThings: thingsByStatus.SUCCEEDED,
    numberOfFailedThings: thingsByStatus.FAILED,
    numberOfRejectedThings: thingsByStatus.REJECTED,
    numberOfQueuedThings: thingsByStatus.QUEUED,
    numberOfInProgressThings: thingsByStatus.IN_PROGRESS,
    numberOfRemovedThings: thingsByStatus.REMOVED,
    numberOfTimedOutThings: thingsByStatus.TIMED_OUT,
  }
}

/** JobExecutionSummary of the control plane. */
export function executionSummary(execution: JobExecution): Record<string, unknown> {
  return {
    status: execution.status,
    queuedAt: seconds(execution.queuedAtMs),
    ...(execution.startedAtMs !== undefined && { startedAt: seconds(execution.startedAtMs) }),
    lastUpdatedAt: seconds(execution.lastUpdatedAtMs),
    executionNumber: execution.executionNumber,
    retryAttempt: execution.retryAttempt,
  }
}

/** DescribeJobExecution of the control plane: the details are a map inside a structure. */
export function executionDescription(engine: Engine, execution: JobExecution): Record<string, unknown> {
  const { statusDetails } = detailsOf(execution)
  return {
    jobId: execution.job.jobId,
    status: execution.status,
    forceCanceled: execution.forceCanceled,
    ...(statusDetails !== undefined && { statusDetails: { detailsMap: statusDetails } }),
    thingArn: engine.registry.thingArn(execution.thingName),
    queuedAt: seconds(execution.queuedAtMs),
    ...(execution.startedAtMs !== undefined && { startedAt: seconds(execution.startedAtMs) }),
    lastUpdatedAt: seconds(execution.lastUpdatedAtMs),
    executionNumber: execution.executionNumber,
    versionNumber: execution.versionNumber,
    ...secondsLeft(engine, execution),
  }
}

export function templateSummary(template: JobTemplate): Record<string, unknown> {
  const { jobTemplateArn, jobTemplateId, description, createdAtMs } = template
  return { jobTemplateArn, jobTemplateId, description, createdAt: seconds(createdAtMs) }
}

export function templateDescription(template: JobTemplate): Record<string, unknown> {
  return { ...templateSummary(template), document: template.document, ...template.configuration }
}
