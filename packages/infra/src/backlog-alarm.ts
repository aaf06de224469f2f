import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'

export interface BacklogAlarmProps {
  name: string
  /** What lies in the queue and what to do about it. */
  description: string
  queue: Queue
  alarms: Alarms
}

/** Goes off while anything lies in a queue that should be empty. */
export class BacklogAlarm extends Construct {
  constructor(scope: Construct, { name, description, queue, alarms }: BacklogAlarmProps) {
    super(scope, 'Backlog')
    const alarm = new Alarm(this, 'Alarm', {
      alarmName: name,
      alarmDescription: description,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    alarms.tellOf(alarm)
  }
}
