import type { Decided } from '@rotator/rotation/record/decision'
import type { RotationRecord } from '@rotator/rotation/record/record'
import type { ReportLine } from './report.ts'

/** What a log line tells of a decision that stood, and of the record that it was made on. */
export type DecisionFields = Pick<ReportLine, 'from' | 'to' | 'row' | 'passed'>

export const decisionFields = (
  record: RotationRecord,
  { row, passed, next }: Pick<Decided, 'row' | 'passed' | 'next'>,
): DecisionFields => ({
  from: record.progress,
  to: next?.progress,
  row,
  ...(passed.length > 0 && { passed: passed.join('; ') }),
})
