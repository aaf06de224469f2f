import { LambdaClient } from '@aws-sdk/client-lambda'
import { awsClients, type ClientSettings } from '../aws/clients.ts'
import { type EnvironmentName, environmentOf } from '../aws/environment.ts'
import type { TriggerEnvironment } from '../triggers/trigger-environment.ts'
import type { FakeAws } from './fake-aws/fake-aws.ts'
import { certificateArnPrefix } from './fake-aws/iot.ts'

export const testVariables: Readonly<Record<EnvironmentName, string>> = {
  IOT_DATA_ENDPOINT: 'data.example',
  CERTIFICATE_ARN_PREFIX: certificateArnPrefix,
  NOTIFICATION_TOPIC_ARN: 'arn:aws:sns:eu-west-1:123456789012:notifications',
  RETIRE_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/retire',
  RETIRE_DELAY_SECONDS: '600',
  RETIRE_HOLD_SECONDS: '86400',
  PCA_CA_ARN: '',
  PCA_VALIDITY_IN_DAYS: '7',
  PCA_SIGNING_ALGORITHM: 'SHA256WITHECDSA',
  PCA_REVOKE_ON_RETIREMENT: 'false',
  ISSUER_FUNCTION_ARN: '',
  CHECK_FUNCTION_ARN: '',
  JOB_TEMPLATE_ID: 'AWSLabsCertificateRotator',
  SWEEP_FUNCTION_NAME: 'AWSLabsCertificateRotatorSweep',
  SWEEP_EVERY_SECONDS: '900',
  SWEEP_ROUND_SECONDS: '900',
  SWEEP_GRACE_SECONDS: '300',
}

export const triggerVariables: Readonly<TriggerEnvironment> = {
  IOT_DATA_ENDPOINT: testVariables.IOT_DATA_ENDPOINT,
  CERTIFICATE_ARN_PREFIX: certificateArnPrefix,
  THING_ARN_PREFIX: 'arn:aws:iot:eu-west-1:123456789012:thing/',
  JOB_TEMPLATE_ARN: 'arn:aws:iot:eu-west-1:123456789012:jobtemplate/AWSLabsCertificateRotator',
  ROTATED_THING_GROUP: 'cores',
  OWN_FUNCTION_NAME: 'the-function',
  ROTATE_AFTER_DAYS: '365',
}

type Wire = Pick<FakeAws, 'requestHandler'>

/** Without the SDK's retries, so that a handler meets every failure. */
export const fakeClientSettings = (aws: Wire): ClientSettings => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
  requestHandler: aws.requestHandler,
})

/** The SDK's own clients on the fake's wire. */
export function fakeClients(aws: Wire) {
  const settings = fakeClientSettings(aws)
  const environment = environmentOf(testVariables)
  return { environment, ...awsClients(environment, settings), lambda: new LambdaClient(settings) }
}
