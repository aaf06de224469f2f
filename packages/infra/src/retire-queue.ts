import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { BacklogAlarm } from './backlog-alarm.ts'
import { nameOf, words } from './names.ts'

/** How long a function may work on a batch of the queue. */
export const retireTimeout: Duration = Duration.seconds(60)

/**
 * What waits for a delay or a hold goes back into the queue as a new message after a quarter of an hour, and one that fails is
 * tried for half an hour: whatever is older than this was not reached in time.
 */
const longestLag: Duration = Duration.hours(2)

/** The queue of certificates to retire, and what is kept of those that could not be. */
export class RetireQueue extends Construct {
  readonly queue: Queue
  readonly failed: Queue

  constructor(scope: Construct, id: string, alarms: Alarms) {
    super(scope, id)
    const given = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    }
    this.failed = new Queue(this, 'Failed', { ...given, queueName: `${nameOf(words.retire)}Failed` })
    new BacklogAlarm(this, {
      name: `${nameOf(words.retire)}Failed`,
      description:
        'Certificates could not be retired. Read why in the log of the function, then redrive the queue.',
      queue: this.failed,
      alarms,
    })
    this.queue = new Queue(this, 'Queue', {
      ...given,
      queueName: nameOf(words.retire),
      // Six times the function's timeout, as AWS Lambda asks for.
      visibilityTimeout: Duration.seconds(retireTimeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.failed, maxReceiveCount: 5 },
    })
    const late = new Alarm(this, 'Late', {
      alarmName: `${nameOf(words.retire)}Late`,
      alarmDescription: `Certificates are retired hours later than they should be. Read why in the log of the function ${nameOf(words.retire)}.`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: longestLag.toSeconds(),
      evaluationPeriods: 1,
      // Nothing waits.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    alarms.tellOf(late)
  }
}
