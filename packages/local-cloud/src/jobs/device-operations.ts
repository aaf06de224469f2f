import {
  checkThing,
  type DescribeRequest,
  DeviceRequestRejected,
  invalid,
  type StartNextRequest,
  type UpdateRequest,
} from './device-request.ts'
import type { Engine } from './engine.ts'
import { concludeExecution } from './execution-outcome.ts'
import { progressExecution, setStepTimer } from './execution-progress.ts'
import { isPending, type JobExecution, latestExecution } from './job.ts'

/** What a device may do with its own executions; the wire (MQTT or HTTP) is not known here. */

/** GetPendingJobExecutions. */
export function pendingOf(engine: Engine, thingName: string): JobExecution[] {
  checkThing(engine, thingName)
  return engine.pending.listed(thingName)
}

/** StartNextPendingJobExecution; undefined: nothing is pending. */
export function startNext(
  engine: Engine,
  thingName: string,
  request: StartNextRequest,
): JobExecution | undefined {
  checkThing(engine, thingName)
  const execution = engine.pending.first(thingName)
  if (execution === undefined) return undefined
  // One that is in progress already is given back as it is: its details do not change, only its step timer may.
  if (execution.status === 'QUEUED') progressExecution(engine, execution, request)
  else setStepTimer(engine, execution, request.stepTimeoutInMinutes)
  return execution
}

/** DescribeJobExecution; undefined: `$next` was asked for and nothing is pending. */
export function describeExecution(
  engine: Engine,
  thingName: string,
  jobId: string,
  request: DescribeRequest,
): JobExecution | undefined {
  checkThing(engine, thingName)
  if (jobId === '$next') return engine.pending.first(thingName)
  const execution = findExecution(engine, thingName, jobId, request.executionNumber)
  if (!isPending(execution.status))
    throw new DeviceRequestRejected(
      'TerminalStateReached',
      `Job execution of job ${jobId} for thing ${thingName} has reached the terminal state ${execution.status}.`,
    )
  return execution
}

/** UpdateJobExecution. */
export function updateExecution(
  engine: Engine,
  thingName: string,
  jobId: string,
  request: UpdateRequest,
): JobExecution {
  checkThing(engine, thingName)
  const { status, statusDetails, expectedVersion, stepTimeoutInMinutes } = request
  if (status === 'TIMED_OUT' || status === 'CANCELED' || status === 'REMOVED')
    throw invalid(`Status ${status} can only be set by the service.`)
  const execution = findExecution(engine, thingName, jobId, request.executionNumber)
  if (expectedVersion !== undefined && expectedVersion !== execution.versionNumber)
    throw new DeviceRequestRejected(
      'VersionMismatch',
      `Expected version ${expectedVersion} but found version ${execution.versionNumber}`,
      execution,
    )
  if (status === 'QUEUED' || !mayBecome(execution, status))
    throw new DeviceRequestRejected(
      'InvalidStateTransition',
      `Cannot transition from ${execution.status} to ${status}`,
      execution,
    )
  if (status === 'IN_PROGRESS') progressExecution(engine, execution, { statusDetails, stepTimeoutInMinutes })
  else concludeExecution(engine, execution, status, statusDetails)
  return execution
}

/** A device may end what is pending without having started it, but reject only what it has not started. */
function mayBecome(
  execution: JobExecution,
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'REJECTED',
): boolean {
  return status === 'REJECTED' ? execution.status === 'QUEUED' : isPending(execution.status)
}

function findExecution(
  engine: Engine,
  thingName: string,
  jobId: string,
  executionNumber: number | undefined,
): JobExecution {
  const share = engine.jobs.get(jobId)?.shares.get(thingName)
  const execution =
    executionNumber === undefined
      ? latestExecution(share)
      : share?.executions.find(candidate => candidate.executionNumber === executionNumber)
  if (execution === undefined)
    throw new DeviceRequestRejected(
      'ResourceNotFound',
      executionNumber === undefined
        ? `Job execution of job ${jobId} for thing ${thingName} not found.`
        : `Job execution ${executionNumber} of job ${jobId} for thing ${thingName} not found.`,
    )
  return execution
}
