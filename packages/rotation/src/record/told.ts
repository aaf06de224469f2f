import { type ExecutionId, sameExecution } from '@rotator/protocol/ids'
import type { EventExecution } from './events.ts'
import type { OpenRecord, RotationRecord, SettledRecord } from './record.ts'

/** Ends that a record remembers: more than a thing's jobs have retries in the time that events may be late. */
export const toldLimit = 8

/** Without a number, as in the event of a deletion, the job alone tells. */
export function isTold(record: RotationRecord, execution: EventExecution): boolean {
  if (record.progress === 'none') return false
  return record.told.some(told => isSame(told, execution))
}

const isSame = (told: ExecutionId, { jobId, executionNumber }: EventExecution): boolean =>
  told.jobId === jobId && (executionNumber === undefined || told.executionNumber === executionNumber)

/** The record with the ends of this execution not dealt with. */
export const forgetTold = <R extends OpenRecord | SettledRecord>(
  record: R,
  execution: EventExecution,
): R => ({
  ...record,
  told: record.told.filter(told => !isSame(told, execution)),
})

/** The record with this end dealt with; an execution that nobody can name is not noted. */
export function noteTold<R extends OpenRecord | SettledRecord>(
  record: R,
  execution: ExecutionId | undefined,
): R {
  if (execution === undefined) return record
  const others = record.told.filter(told => !sameExecution(told, execution))
  return { ...record, told: [...others, execution].slice(-toldLimit) }
}
