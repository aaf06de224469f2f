import type { EnvironmentName } from '@rotator/backend/aws/environment'
import { ourTemplateId } from './job-template.ts'
import { nameOf, words } from './names.ts'
import type { OwnResources } from './policy-statements.ts'
import { privateCaEnvironment } from './private-ca-environment.ts'
import type { Settings } from './settings.ts'

export interface Whereabouts {
  /** Host of AWS IoT's data plane. */
  dataEndpoint: string
  /** `arn:<partition>:iot:<region>:<account>:cert/` */
  certificateArnPrefix: string
  retireQueueUrl: string
}

/** What the functions are told, each of them everything. */
export const environmentFor = (
  settings: Settings,
  own: OwnResources,
  { dataEndpoint, certificateArnPrefix, retireQueueUrl }: Whereabouts,
): Record<EnvironmentName, string> => ({
  IOT_DATA_ENDPOINT: dataEndpoint,
  CERTIFICATE_ARN_PREFIX: certificateArnPrefix,
  NOTIFICATION_TOPIC_ARN: own.notificationTopicArn,
  RETIRE_QUEUE_URL: retireQueueUrl,
  RETIRE_DELAY_SECONDS: String(settings.retireDelaySeconds),
  RETIRE_HOLD_SECONDS: String(settings.retireHoldSeconds),
  ...privateCaEnvironment(own.privateCaArn, settings.privateCa),
  ISSUER_FUNCTION_ARN: own.issuerFunctionArn,
  CHECK_FUNCTION_ARN: own.checkFunctionArn,
  JOB_TEMPLATE_ID: ourTemplateId(settings),
  SWEEP_FUNCTION_NAME: nameOf(words.sweep),
  SWEEP_EVERY_SECONDS: String(settings.sweepEveryMinutes * 60),
  SWEEP_ROUND_SECONDS: String(settings.sweepRoundMinutes * 60),
  SWEEP_GRACE_SECONDS: String(settings.sweepGraceSeconds),
})
