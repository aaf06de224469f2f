import { AwsError, invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { DeviceRequestRejected, parseStatusDetails } from './device-request.ts'
import type { Engine } from './engine.ts'
import { deleteExecution } from './execution-lifecycle.ts'
import { concludeExecution } from './execution-outcome.ts'
import { isPending, type JobExecution, latestExecution } from './job.ts'
import { findJob, invalidStateTransition } from './job-administration.ts'
import { completeIfDone } from './job-completion.ts'
import { type Members, numberMember } from './members.ts'

/** What an operator does to one execution. */

export function findExecution(
  engine: Engine,
  jobId: string,
  thingName: string,
  executionNumber: number | undefined,
): JobExecution {
  const share = findJob(engine, jobId).shares.get(thingName)
  const execution =
    executionNumber === undefined
      ? latestExecution(share)
      : share?.executions.find(candidate => candidate.executionNumber === executionNumber)
  if (execution === undefined)
    throw resourceNotFound(`Job execution of job ${jobId} for thing ${thingName} cannot be found.`)
  return execution
}

/** CancelJobExecution. */
export function cancelExecution(
  engine: Engine,
  execution: JobExecution,
  body: Members,
  force: boolean,
): void {
  const expectedVersion = numberMember(body, 'expectedVersion', { min: 1, max: Number.MAX_SAFE_INTEGER })
  const statusDetails = controlPlaneDetails(body)
  if (!isPending(execution.status))
    throw invalidStateTransition(`The job execution is ${execution.status} and cannot be canceled.`)
  if (execution.status === 'IN_PROGRESS' && !force)
    throw invalidStateTransition('The job execution is IN_PROGRESS: it can only be canceled with force.')
  if (expectedVersion !== undefined && expectedVersion !== execution.versionNumber)
    throw new AwsError(
      'VersionConflictException',
      409,
      `Expected version ${expectedVersion} but found version ${execution.versionNumber}`,
    )
  execution.forceCanceled = force
  concludeExecution(engine, execution, 'CANCELED', statusDetails)
}

/** DeleteJobExecution. */
export function deleteExecutionByRequest(engine: Engine, execution: JobExecution, force: boolean): void {
  if (isPending(execution.status) && !force)
    throw invalidStateTransition(
      `The job execution is ${execution.status}: only one in a terminal state is deleted without force.`,
    )
  deleteExecution(engine, execution)
  completeIfDone(engine, execution.job)
}

function controlPlaneDetails(body: Members): Record<string, string> | undefined {
  try {
    return parseStatusDetails(body['statusDetails'])
  } catch (error) {
    if (error instanceof DeviceRequestRejected) throw invalidRequest(error.message)
    throw error
  }
}
