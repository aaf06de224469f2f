import type { Permission } from '@rotator/backend/permission'
import type { TriggerEnvironment } from '@rotator/backend/triggers/trigger-environment'
import { Duration, Stack } from 'aws-cdk-lib'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { triggerFolders } from '../bundle.ts'
import { HandlerFunction } from '../handler-function.ts'
import { nameOf } from '../names.ts'
import type { Surroundings } from '../surroundings.ts'
import { HeldAlarm } from './held-alarm.ts'

export interface TriggerFunctionProps {
  word: string
  folder: (typeof triggerFolders)[number]
  permissions: readonly Permission[]
  /** Only its members are rotated. */
  thingGroup: string
  jobTemplateId: string
  afterDays?: number
}

/** A function that orders rotations by itself. What it fails three times is kept with the other failed events. */
export function triggerFunction(
  scope: Construct,
  surroundings: Surroundings,
  { word, folder, permissions, thingGroup, jobTemplateId, afterDays }: TriggerFunctionProps,
): LambdaFunction {
  const iot = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'iot', resource, resourceName })
  const environment: Omit<TriggerEnvironment, 'ROTATE_AFTER_DAYS'> = {
    IOT_DATA_ENDPOINT: surroundings.environment.IOT_DATA_ENDPOINT,
    CERTIFICATE_ARN_PREFIX: iot('cert', ''),
    THING_ARN_PREFIX: iot('thing', ''),
    JOB_TEMPLATE_ARN: iot('jobtemplate', jobTemplateId),
    ROTATED_THING_GROUP: thingGroup,
    OWN_FUNCTION_NAME: nameOf(word),
  }
  const handler = new HandlerFunction(scope, {
    ...surroundings,
    word,
    folder,
    permissions,
    environment: { ...environment, ...(afterDays !== undefined && { ROTATE_AFTER_DAYS: String(afterDays) }) },
    timeout: Duration.minutes(15),
    // One after the other keeps the pace and sees what the one before has ordered, and a burst of messages cannot take the
    // instances of the account from rotations that are under way. What is throttled waits with AWS Lambda.
    mostAtOnce: 1,
  })
  // It goes on in another invocation of its own where one is not enough.
  surroundings.loopDetection.spare(handler.function)
  surroundings.failedEvents.takeFrom(scope, handler.function)
  new HeldAlarm(scope, { functionName: nameOf(word), service: folder, alarms: surroundings.alarms })
  return handler.function
}
