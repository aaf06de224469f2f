import { durationMetric, metricNamespace } from '@rotator/backend/metric-names'
import { Aws, Duration } from 'aws-cdk-lib'
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { nameOf, words } from './names.ts'
import type { TriggerSettings } from './triggers/trigger-settings.ts'

export interface DashboardProps {
  retireQueue: Queue
  /** What should be empty. */
  failed: readonly Queue[]
  /** What orders rotations without an operator. */
  triggers: TriggerSettings | undefined
}

const period = Duration.minutes(5)

/**
 * Counts of an event of the backend, from whichever function and with whichever code. The search names no period, so that a widget
 * which counts over the whole time that is shown can choose its own.
 */
const countsOf = (event: string, label: string): IMetric =>
  new MathExpression({
    expression: `SUM(SEARCH('Namespace="${metricNamespace}" MetricName="${event}"', 'Sum'))`,
    usingMetrics: {},
    label,
    period,
  })

/** A line for each code that an event was counted with. */
const byCode = (event: string): IMetric =>
  new MathExpression({
    expression: `SEARCH('{${metricNamespace},code,service} MetricName="${event}"', 'Sum', ${period.toSeconds()})`,
    usingMetrics: {},
    label: `${event} \${PROP('Dim.code')}`,
    period,
  })

const duration = (statistic: string, label: string): IMetric =>
  new Metric({
    namespace: metricNamespace,
    metricName: durationMetric,
    dimensionsMap: { service: 'commit-certificate' },
    statistic,
    label,
    period,
  })

/** How the rotations of the region go, on one page. Its name has the region in it: dashboards are the account's. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { retireQueue, failed, triggers }: DashboardProps) {
    super(scope, id)
    const handlers = [
      words.create,
      words.commit,
      words.finish,
      words.retire,
      words.sweep,
      ...chosen(triggers),
    ]
    const failures = (metricName: string): IMetric[] =>
      handlers.map(
        word =>
          new Metric({
            namespace: 'AWS/Lambda',
            metricName,
            dimensionsMap: { FunctionName: nameOf(word) },
            statistic: Stats.SUM,
            label: `${word} ${metricName}`,
            period,
          }),
      )
    const started = countsOf('rotation-started', 'started')
    const succeeded = countsOf('execution-succeeded', 'succeeded')
    const failedOnes = countsOf('execution-failed', 'failed')
    const outOfTime = countsOf('execution-timed-out', 'out of time')
    const held = countsOf('rotation-held', 'held: both certificates kept')
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: nameOf(`-${Aws.REGION}`),
      defaultInterval: Duration.days(1),
      widgets: [
        [
          new SingleValueWidget({
            title: 'Rotations',
            metrics: [started, succeeded, failedOnes, outOfTime, held],
            setPeriodToTimeRange: true,
            width: 24,
          }),
        ],
        [
          new GraphWidget({
            title: 'Rotations',
            left: [started, succeeded, failedOnes, outOfTime],
            width: 12,
          }),
          new GraphWidget({ title: 'Failed, by code', left: [byCode('execution-failed')], width: 12 }),
        ],
        [
          new GraphWidget({
            title: 'Duration, from the start of the execution to the commit',
            left: [duration('p50', 'half of them'), duration('p90', '9 of 10'), duration('Maximum', 'all')],
            width: 12,
          }),
          new GraphWidget({
            title: 'Refused, by code',
            left: [byCode('create-rejected'), byCode('commit-rejected')],
            width: 12,
          }),
        ],
        [
          new GraphWidget({
            title: 'Held: both certificates are kept until the device says which',
            left: [held],
            width: 12,
          }),
          new GraphWidget({
            title: 'Certificates waiting to be retired',
            left: [
              retireQueue.metricApproximateNumberOfMessagesVisible({ label: 'due', period }),
              retireQueue.metricApproximateNumberOfMessagesDelayed({ label: 'held back', period }),
              retireQueue.metricApproximateNumberOfMessagesNotVisible({ label: 'in work', period }),
            ],
            stacked: true,
            width: 12,
          }),
        ],
        [
          new GraphWidget({
            title: 'What could not be handled, and waits for a person',
            left: failed.map(queue => queue.metricApproximateNumberOfMessagesVisible({ period })),
            width: 12,
          }),
          new GraphWidget({
            title: 'Functions that failed or were throttled',
            left: [...failures('Errors'), ...failures('Throttles')],
            width: 12,
          }),
        ],
      ],
    })
  }
}

/** The words of the triggers' functions that there are. */
function chosen(triggers: TriggerSettings | undefined): string[] {
  const each = [
    [words.rotateAged, triggers?.aged],
    [words.rotateAudited, triggers?.auditTopicArn],
    [words.rotateAnomalous, triggers?.anomalyTopicArn],
  ] as const
  return each.filter(([, setting]) => setting !== undefined).map(([word]) => word)
}
