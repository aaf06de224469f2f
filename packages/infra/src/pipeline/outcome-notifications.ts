import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { pipelineName, pipelineNameOf } from './pipeline-names.ts'

/** The topic that tells how each run of the pipeline ended. */
export class OutcomeNotifications extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id)
    // Amazon EventBridge, which the rule lets use it, cannot use the key of Amazon SNS.
    const key = new Key(this, 'Key', {
      alias: `${pipelineName}/sns`,
      description: `For the topic ${pipelineNameOf('Notification')}`,
      enableKeyRotation: true,
      // It encrypts nothing that outlives the topic.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    })
    const topic = new Topic(this, 'Topic', {
      topicName: pipelineNameOf('Notification'),
      displayName: 'AWS Labs Certificate Rotator Pipeline Notification',
      masterKey: key,
      enforceSSL: true,
    })
    new Rule(this, 'Outcome', {
      ruleName: pipelineNameOf('Outcome'),
      description: `A run of ${pipelineName} has ended`,
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Pipeline Execution State Change'],
        detail: { pipeline: [pipelineName], state: ['SUCCEEDED', 'FAILED'] },
      },
      targets: [
        new SnsTopic(topic, {
          message: RuleTargetInput.fromText(
            [
              `The pipeline ${pipelineName} ${EventField.fromPath('$.detail.state')}.`,
              `Account: ${EventField.account}, region: ${EventField.fromPath('$.region')}`,
              `Execution: ${EventField.fromPath('$.detail.execution-id')}`,
            ].join(' '),
          ),
        }),
      ],
    })
  }
}
