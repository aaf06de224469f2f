import { metricNamespace } from '@rotator/backend/metric-names'
import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { Alarms } from '../alarms.ts'

/**
 * Tells operators that a trigger orders nothing until they have looked: once, not with every run, since an alarm tells
 * of changes alone. It stands for a day, so that it lasts from one daily run to the next.
 */
export class HeldAlarm extends Construct {
  constructor(
    scope: Construct,
    { functionName, service, alarms }: { functionName: string; service: string; alarms: Alarms },
  ) {
    super(scope, 'Held')
    const alarm = new Alarm(this, 'Alarm', {
      alarmName: `${functionName}Held`,
      alarmDescription: `Triggers order no rotations until somebody has looked. The lines rotations-held in the log of the function ${functionName} say why, and name the jobs: delete them to let triggers go on.`,
      metric: new Metric({
        namespace: metricNamespace,
        metricName: 'rotations-held',
        dimensionsMap: { service },
        statistic: Stats.SUM,
        period: Duration.hours(1),
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 24,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    alarms.tellOf(alarm)
  }
}
