import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSubscription } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { Surroundings } from '../surroundings.ts'
import { type TriggerFunctionProps, triggerFunction } from './trigger-function.ts'

export interface RotateToldProps extends TriggerFunctionProps {
  /** A topic of the operator's, that AWS IoT Device Defender publishes on. */
  topicArn: string
}

/** The subscription to a topic of Device Defender, and the function that orders the rotation of what it tells of. */
export class RotateTold extends Construct {
  constructor(
    scope: Construct,
    id: string,
    surroundings: Surroundings,
    { topicArn, ...rest }: RotateToldProps,
  ) {
    super(scope, id)
    const handler = triggerFunction(this, surroundings, rest)
    handler.addPermission('InvokedByTopic', {
      principal: new ServicePrincipal('sns.amazonaws.com'),
      sourceArn: topicArn,
    })
    new CfnSubscription(this, 'Subscription', {
      topicArn,
      protocol: 'lambda',
      endpoint: handler.functionArn,
      redrivePolicy: surroundings.failedEvents.keepFromTopic(topicArn),
    })
  }
}
