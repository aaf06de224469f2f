import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { CfnTopicRule } from 'aws-cdk-lib/aws-iot'
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { BacklogAlarm } from './backlog-alarm.ts'
import { nameOf, words } from './names.ts'

/**
 * The queue of what could not be handled: events that a function failed three times, and what a rule, a schedule or a topic
 * could not hand over. Nothing is lost: from here it can be given again, a day later too.
 */
export class FailedEvents extends Construct {
  readonly queue: Queue
  /** The error action of a rule. */
  readonly ruleErrorAction: CfnTopicRule.ActionProperty

  constructor(scope: Construct, id: string, alarms: Alarms) {
    super(scope, id)
    this.queue = new Queue(this, 'Queue', {
      queueName: nameOf(words.failedEvents),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is where failed events are kept: nothing takes them from it but a person.',
    })
    new BacklogAlarm(this, {
      name: nameOf(words.failedEvents),
      description:
        'Events of a rotation could not be handled. Read why in the messages, then give them again.',
      queue: this.queue,
      alarms,
    })
    const role = new Role(this, 'RuleRole', {
      assumedBy: new ServicePrincipal('iot.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        queue: new PolicyDocument({
          statements: [sendingTo(this.queue)],
        }),
      },
    })
    this.ruleErrorAction = {
      sqs: { queueUrl: this.queue.queueUrl, roleArn: role.roleArn, useBase64: false },
    }
  }

  /** Lets a topic keep here what it cannot deliver to a subscriber. */
  keepFromTopic(topicArn: string): { deadLetterTargetArn: string } {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': topicArn } },
      }),
    )
    return { deadLetterTargetArn: this.queue.queueArn }
  }

  /** Handles an event up to three times, then keeps it here. */
  takeFrom(scope: Construct, from: IFunction): void {
    new EventInvokeConfig(scope, 'Asynchronous', {
      function: from,
      retryAttempts: 2,
      // Said, though it is what AWS does by itself: in a stack of version 1 a minute stands here.
      maxEventAge: Duration.hours(6),
      // CDK's own destination would let the function read the queue's settings as well, which nothing does.
      onFailure: { bind: () => ({ destination: this.queue.queueArn }) },
    })
    from.addToRolePolicy(sendingTo(this.queue))
  }
}

/** What a role needs to keep something here. */
export const sendingTo = ({ queueArn }: Queue): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queueArn] })
