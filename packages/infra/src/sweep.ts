import { metricNamespace } from '@rotator/backend/metric-names'
import { permissions } from '@rotator/backend/sweep/permissions'
import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import { HandlerFunction } from './handler-function.ts'
import { nameOf, words } from './names.ts'
import type { Settings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'

/** The function that makes up for lost events, its schedule, and the alarms that tell where it does not get through or leaves things out. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, surroundings: Surroundings, { sweepEveryMinutes }: Settings) {
    super(scope, id)
    const handler = new HandlerFunction(this, {
      ...surroundings,
      word: words.sweep,
      folder: 'sweep',
      permissions,
      timeout: Duration.minutes(15),
    })
    // It goes on in another invocation of its own where one is not enough.
    surroundings.loopDetection.spare(handler.function)
    surroundings.failedEvents.takeFrom(this, handler.function)
    const every = Duration.minutes(sweepEveryMinutes)
    new Rule(this, 'Schedule', {
      ruleName: nameOf(words.sweep),
      description: 'Looks for ends of rotations whose events were lost',
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(handler.function, { deadLetterQueue: surroundings.failedEvents.queue })],
    })
    const notFinished = new Alarm(this, 'NotFinished', {
      alarmName: `${nameOf(words.sweep)}NotFinished`,
      alarmDescription: `No sweep has got through for a while: what it heals stays as it is. Read why in the log of the function ${nameOf(words.sweep)}.`,
      metric: new Metric({
        namespace: metricNamespace,
        metricName: 'sweep-finished',
        dimensionsMap: { service: 'sweep' },
        statistic: Stats.SUM,
        period: Duration.minutes(Math.max(60, 4 * sweepEveryMinutes)),
      }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      // A sweep that does not get through is not counted, so there is nothing to measure; nor is there before the first one,
      // and to be told of that with every deployment would teach operators to look away.
      treatMissingData: TreatMissingData.MISSING,
    })
    surroundings.alarms.tellOfSilence(notFinished)
    surroundings.alarms.tellOf(incompleteAlarm(this, sweepEveryMinutes))
  }
}

/**
 * Counts sweeps, not things: a moment of throttling fails many things in one sweep, and the next one looks at them again.
 * A recent end is looked at by four sweeps, so what is left out of four in a day may have been the same thing each time.
 */
function incompleteAlarm(scope: Construct, sweepEveryMinutes: number): Alarm {
  const day = 1_440
  return new Alarm(scope, 'Incomplete', {
    alarmName: `${nameOf(words.sweep)}Incomplete`,
    alarmDescription: `Sweep after sweep leaves jobs or things out: what happened to these may go unnoticed. The lines job-not-swept and thing-not-swept in the log of the function ${nameOf(words.sweep)} name them and say why.`,
    metric: new Metric({
      namespace: metricNamespace,
      metricName: 'sweep-incomplete',
      dimensionsMap: { service: 'sweep' },
      statistic: Stats.SUM,
      // Seven days, the longest that CloudWatch looks back, where a sweep runs once a day.
      period: Duration.minutes(Math.max(day, 7 * sweepEveryMinutes)),
    }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 4,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
}
