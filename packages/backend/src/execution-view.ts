import { isRotation } from '@rotator/protocol/messages/job-document'
import type { ExecutionView } from '@rotator/rotation/record/events'
import type { Execution } from './aws/executions.ts'

/** What the record is told of an execution. */
export function viewOf(execution: Execution | undefined): ExecutionView {
  switch (execution?.status) {
    case 'IN_PROGRESS':
      return 'in-progress'
    case 'QUEUED':
      return 'unclear'
    default:
      return 'over'
  }
}

/** An execution that is over shows no document any more, so it cannot be told from a rotation's. */
export const isOtherJob = (execution: Execution | undefined): boolean =>
  execution !== undefined && !isRotation(execution.document)
