import { revokingPermissions } from '@rotator/backend/issuers/permissions'
import { permissions } from '@rotator/backend/retire-certificate/permissions'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { HandlerFunction } from './handler-function.ts'
import { words } from './names.ts'
import { type RetireQueue, retireTimeout } from './retire-queue.ts'
import type { Settings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'

/** The function that drains the queue of certificates to retire. */
export class RetireCertificate extends Construct {
  constructor(
    scope: Construct,
    id: string,
    surroundings: Surroundings,
    retirements: RetireQueue,
    { privateCa }: Settings,
  ) {
    super(scope, id)
    const handler = new HandlerFunction(this, {
      ...surroundings,
      word: words.retire,
      folder: 'retire-certificate',
      permissions: privateCa?.revokeOnRetirement ? [...permissions, ...revokingPermissions] : permissions,
      timeout: retireTimeout,
    })
    // A certificate that waits goes back into the queue every quarter of an hour: a hold of a day takes 96 times.
    surroundings.loopDetection.spare(handler.function)
    // What AWS Lambda does at the queue in the function's name. CDK's own event source would allow more.
    handler.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [retirements.queue.queueArn],
      }),
    )
    handler.function.addEventSourceMapping('Queue', {
      eventSourceArn: retirements.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      // AWS IoT allows 10 updates and 10 deletions of certificates a second. Two at once, each one call after the other, come
      // near to that: a deactivation is five calls, a deletion three, so many deletions in a row may exceed it. What is
      // throttled the SDK repeats, slower each time, and what it gives up comes back from the queue.
      maxConcurrency: 2,
    })
  }
}
