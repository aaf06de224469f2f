import type { Permission } from '@rotator/backend/permission'
import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { HandlerFolder } from './bundle.ts'
import { HandlerFunction } from './handler-function.ts'
import { nameOf } from './names.ts'
import type { Surroundings } from './surroundings.ts'
import { TopicRule } from './topic-rule.ts'

export interface DeviceRequestProps {
  word: string
  folder: HandlerFolder
  /** The last level of the request's topic. */
  request: 'create' | 'commit'
  permissions: readonly Permission[]
}

/** A request of devices: the rule that selects it, with who asks, and the function that answers it. */
export class DeviceRequest extends Construct {
  constructor(scope: Construct, id: string, surroundings: Surroundings, props: DeviceRequestProps) {
    super(scope, id)
    const { word, folder, request, permissions } = props
    const handler = new HandlerFunction(this, {
      ...surroundings,
      word,
      folder,
      permissions,
      timeout: Duration.seconds(60),
    })
    surroundings.failedEvents.takeFrom(this, handler.function)
    new TopicRule(this, {
      name: nameOf(word),
      // An alias wins over a field of the payload with its name: a device cannot say who it is.
      sql: `SELECT *, topic(3) AS thingName, topic() as topic, clientid() AS clientId, principal() AS principal, timestamp() AS receivedAtMs FROM 'awslabs/things/+/certificate/${request}'`,
      function: handler.function,
      failedEvents: surroundings.failedEvents,
    })
  }
}
