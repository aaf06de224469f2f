import type { ExecutionId } from '@rotator/protocol/ids'
import {
  type ExecutionStatus,
  isOver,
  type JobExecution,
  type JobRejected,
} from '@rotator/protocol/messages/jobs'
import { progressDetails, type StatusDetails } from '@rotator/protocol/messages/status-details'
import type { Effect } from './effects.ts'
import type { DeviceEvent } from './events.ts'
import type { Phase } from './state.ts'

type Reported = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED'

/**
 * All components of a device share one connection, so replies to others' Jobs requests arrive here too.
 * The token names our question; the same question asked again has the same token, and either reply answers it.
 */
const updateToken = (execution: ExecutionId, status: Reported): string =>
  `rotator-${status}-${execution.executionNumber}`
const getToken = (execution: ExecutionId): string => `rotator-get-${execution.executionNumber}`

export const updateJob = (
  execution: ExecutionId,
  status: Reported,
  statusDetails: StatusDetails,
): Effect => ({
  kind: 'update-job',
  execution,
  status,
  statusDetails,
  clientToken: updateToken(execution, status),
})

export const beginJob = (phase: Phase, execution: ExecutionId): Effect =>
  updateJob(execution, 'IN_PROGRESS', progressDetails(phase))

/** Asks whether the execution is over; in a silent phase also whether anybody answers at all. */
export const lookAtJob = (execution: ExecutionId): Effect => ({
  kind: 'get-job',
  execution,
  includeJobDocument: false,
  clientToken: getToken(execution),
})

export const readDocument = (execution: ExecutionId): Effect => ({
  kind: 'get-job',
  execution,
  includeJobDocument: true,
  clientToken: getToken(execution),
})

/** Codes by which Jobs says that an execution cannot be updated, or described, any more. */
const closedCodes: readonly string[] = ['InvalidStateTransition', 'TerminalStateReached', 'ResourceNotFound']

/**
 * What a reply says about our update: `recorded`, the execution is `over` with another status, or nothing
 * (throttled, an internal error, somebody else's reply), so that it is sent again.
 */
export function updateOutcome(
  event: DeviceEvent,
  execution: ExecutionId,
  status: Reported,
): 'recorded' | 'over' | 'open' {
  const token = updateToken(execution, status)
  if (event.kind === 'job-update-accepted') {
    return event.jobId === execution.jobId && event.clientToken === token ? 'recorded' : 'open'
  }
  if (event.kind !== 'job-update-rejected') return 'open'
  if (event.jobId !== execution.jobId || event.rejection.clientToken !== token) return 'open'
  return rejectedUpdate(event.rejection, status)
}

/** An update that was recorded before and whose reply was lost comes back rejected, with the status it left. */
function rejectedUpdate(rejection: JobRejected, status: Reported): 'recorded' | 'over' | 'open' {
  const stands: ExecutionStatus | undefined = rejection.executionState?.status
  if (stands === status) return 'recorded'
  const closed = closedCodes.includes(rejection.code)
  return closed && (stands === undefined || isOver(stands)) ? 'over' : 'open'
}

/** Whether a reply to a get shows that the execution has ended. A retry of the job ends the attempt before it. */
export function showsOver(event: DeviceEvent, execution: ExecutionId): boolean {
  if (event.kind === 'job-described') return endsOurs(event.execution, execution)
  return (
    event.kind === 'job-not-described' &&
    event.jobId === execution.jobId &&
    event.rejection.clientToken === getToken(execution) &&
    closedCodes.includes(event.rejection.code)
  )
}

function endsOurs(described: JobExecution, ours: ExecutionId): boolean {
  if (described.jobId !== ours.jobId) return false
  if (described.executionNumber > ours.executionNumber) return true
  return described.executionNumber === ours.executionNumber && isOver(described.status)
}
