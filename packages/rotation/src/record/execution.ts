import { type ExecutionId, sameExecution } from '@rotator/protocol/ids'
import type { EventExecution } from './events.ts'
import { isOpen, type RotationRecord } from './record.ts'

/** The id of an execution whose number is known. */
export const executionId = ({ jobId, executionNumber }: EventExecution): ExecutionId | undefined =>
  executionNumber === undefined ? undefined : { jobId, executionNumber }

/** Whether the record is known to belong to this execution. */
export function isOf(record: RotationRecord, execution: ExecutionId): boolean {
  if (record.progress === 'none' || record.execution === undefined) return false
  return sameExecution(record.execution, execution)
}

/**
 * Whether a message or an end may be counted as the record's own.
 *
 * Where a number is missing the job alone tells, and a record that a version 1 backend began takes every execution
 * for its own: it holds no job, and version 1 works on one at a time.
 */
export function belongsTo(record: RotationRecord, execution: EventExecution): boolean {
  if (record.progress === 'none') return false
  if (record.execution === undefined) return isOpen(record)
  const { jobId, executionNumber = record.execution.executionNumber } = execution
  return sameExecution(record.execution, { jobId, executionNumber })
}
