import { type Account, arn } from '../account.ts'
import { AwsError, invalidRequest } from '../api/aws-error.ts'
import { requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestOperation } from '../api/operation.ts'
import { parseScheduleExpression } from '../schedules/schedule-expression.ts'
import type { Schedules } from '../schedules/schedules.ts'
import { checkNames } from './audit-operations.ts'
import type { Audits } from './audits.ts'

export interface ScheduledAuditDependencies {
  account: Account
  audits: Audits
  schedules: Schedules
  /** Told where an audit could not be started. */
  failed: (source: string, reason: string) => void
}

/** Audits that are made every day, the first one a day from now. */
export function scheduledAuditOperations(deps: ScheduledAuditDependencies): RestOperation[] {
  const { account, audits, schedules, failed } = deps
  const names = new Set<string>()
  return [
    iotOperation(
      'CreateScheduledAudit',
      'POST',
      '/audit/scheduledaudits/{scheduledAuditName}',
      ({ params, body }) => {
        const name = requiredString(params, 'scheduledAuditName')
        const scheduledAuditArn = arn(account, 'iot', `scheduledaudit/${name}`)
        if (names.has(name))
          throw new AwsError('ResourceAlreadyExistsException', 409, `The audit ${name} already exists.`, {
            resourceId: name,
            resourceArn: scheduledAuditArn,
          })
        const frequency = requiredString(body, 'frequency')
        if (frequency !== 'DAILY')
          throw invalidRequest(`The frequency ${frequency} is not in this cloud: it has DAILY.`)
        const targets = checkNames(body)
        audits.checkEnabled(targets)
        names.add(name)
        const run = () => {
          try {
            audits.start(targets, name)
          } catch (error) {
            failed(scheduledAuditArn, error instanceof Error ? error.message : String(error))
          }
        }
        schedules.put(scheduledAuditArn, { expression: parseScheduleExpression('rate(1 day)'), run })
        return { scheduledAuditArn }
      },
    ),
  ]
}
