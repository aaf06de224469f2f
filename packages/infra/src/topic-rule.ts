import { Stack } from 'aws-cdk-lib'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { FailedEvents } from './failed-events.ts'

export interface TopicRuleProps {
  name: string
  sql: string
  function: LambdaFunction
  failedEvents: FailedEvents
}

/** A rule that hands each message it selects to a function; what it cannot hand over is kept. */
export class TopicRule extends Construct {
  constructor(scope: Construct, { name, sql, function: target, failedEvents }: TopicRuleProps) {
    super(scope, 'Rule')
    const rule = new CfnTopicRule(this, 'Resource', {
      ruleName: name,
      topicRulePayload: {
        sql,
        awsIotSqlVersion: '2016-03-23',
        actions: [{ lambda: { functionArn: target.functionArn } }],
        errorAction: failedEvents.ruleErrorAction,
      },
    })
    target.addPermission('InvokedByRule', {
      principal: new ServicePrincipal('iot.amazonaws.com'),
      sourceArn: rule.attrArn,
      sourceAccount: Stack.of(this).account,
    })
  }
}
