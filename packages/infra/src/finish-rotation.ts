import { permissions } from '@rotator/backend/finish-rotation/permissions'
import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { HandlerFunction } from './handler-function.ts'
import { nameOf, words } from './names.ts'
import type { Surroundings } from './surroundings.ts'
import { TopicRule } from './topic-rule.ts'

/** The end of a rotation's job execution: the rule that selects its event, and the function that settles the record. */
export class FinishRotation extends Construct {
  constructor(scope: Construct, id: string, surroundings: Surroundings) {
    super(scope, id)
    const handler = new HandlerFunction(this, {
      ...surroundings,
      word: words.finish,
      folder: 'finish-rotation',
      permissions,
      timeout: Duration.seconds(60),
    })
    surroundings.failedEvents.takeFrom(this, handler.function)
    new TopicRule(this, {
      name: nameOf(words.finish),
      // Status details tell our executions from other teams'; those of version 1.0 and 1.1 have another key.
      sql: "SELECT * FROM '$aws/events/jobExecution/#' WHERE isUndefined(statusDetails.CertificateRotator) = false OR isUndefined(statusDetails.certificateRotationProgress) = false",
      function: handler.function,
      failedEvents: surroundings.failedEvents,
    })
  }
}
