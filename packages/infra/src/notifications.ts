import { Alias } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { nameOf, words } from './names.ts'

/** The topic that operators subscribe to. */
export class Notifications extends Construct {
  readonly topic: Topic

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.topic = new Topic(this, 'Topic', {
      topicName: nameOf(words.notification),
      displayName: 'AWS Labs Certificate Rotator Notification',
      masterKey: Alias.fromAliasName(this, 'Key', 'alias/aws/sns'),
      enforceSSL: true,
    })
  }
}
