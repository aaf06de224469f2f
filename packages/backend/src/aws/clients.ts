import { IoTClient, type IoTClientConfig } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { IoTJobsDataPlaneClient } from '@aws-sdk/client-iot-jobs-data-plane'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Environment } from './environment.ts'

/** Settings that every client has; a test puts its own connection here. */
export type ClientSettings = Pick<
  IoTClientConfig,
  'requestHandler' | 'credentials' | 'region' | 'maxAttempts'
>

/** Calls are short; the SDK repeats what is throttled, cut or unavailable, slower each time. */
const defaults: ClientSettings = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 },
}

/** The clients of AWS. A function makes only those that it needs, so its bundle holds no other. */
export const iotClient = (settings = defaults): IoTClient => new IoTClient(settings)
export const snsClient = (settings = defaults): SNSClient => new SNSClient(settings)
export const sqsClient = (settings = defaults): SQSClient => new SQSClient(settings)

/** Shadows and messages. The endpoint is looked up at deployment: looking it up has a low, fixed quota. */
export const dataClient = (environment: Environment, settings = defaults): IoTDataPlaneClient =>
  new IoTDataPlaneClient({ ...settings, endpoint: dataEndpoint(environment) })

/** Job executions; AWS serves them at the same endpoint. */
export const jobsClient = (environment: Environment, settings = defaults): IoTJobsDataPlaneClient =>
  new IoTJobsDataPlaneClient({ ...settings, endpoint: dataEndpoint(environment) })

const dataEndpoint = (environment: Environment) => `https://${environment.text('IOT_DATA_ENDPOINT')}`
