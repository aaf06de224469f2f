import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { nameOf, words } from './names.ts'

/**
 * The topic that the alarms of the stack publish on.
 *
 * It is not the one of the notifications: that is encrypted with the key of Amazon SNS, which Amazon CloudWatch may not
 * use. This one has a key whose policy lets it.
 */
export class Alarms extends Construct {
  readonly #topic: Topic

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com')
    const key = new Key(this, 'Key', {
      description: `For the topic ${nameOf(words.alarm)}`,
      enableKeyRotation: true,
      // It encrypts nothing that outlives the topic.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    })
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    )
    this.#topic = new Topic(this, 'Topic', {
      topicName: nameOf(words.alarm),
      displayName: 'AWS Labs Certificate Rotator Alarm',
      masterKey: key,
      enforceSSL: true,
    })
    this.#topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.#topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
  }

  /** Tells when the alarm goes off, and when it is over. */
  tellOf(alarm: Alarm): void {
    alarm.addAlarmAction(new SnsAction(this.#topic))
    alarm.addOkAction(new SnsAction(this.#topic))
  }

  /** Tells as well when there is nothing to measure any more; so an alarm is in the beginning, and of that nobody is told. */
  tellOfSilence(alarm: Alarm): void {
    this.tellOf(alarm)
    alarm.addInsufficientDataAction(new SnsAction(this.#topic))
  }
}
