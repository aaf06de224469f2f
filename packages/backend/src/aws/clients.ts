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
export const clientDefaults: ClientSettings = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 },
}

/**
 * For calls that each have to be over soon: what is not answered in time counts as cut, and is repeated once. The SDK
 * only warns of it otherwise.
 */
export const briefCalls = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} satisfies ClientSettings

/**
 * It is asked once: a device is waiting, and asks again by itself. Two of them, each at its latest, leave the function
 * that asks a third of its minute.
 */
export const ownFunctionCalls = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 18_000, throwOnRequestTimeout: true },
} satisfies ClientSettings

/** Clients for everything that the functions talk to; made once, when a function starts. */
export function awsClients(environment: Environment, settings = clientDefaults) {
  // Looked up at deployment, because looking it up has a low and fixed quota. AWS serves job executions there too.
  const endpoint = `https://${environment.text('IOT_DATA_ENDPOINT')}`
  return {
    iot: new IoTClient(settings),
    data: new IoTDataPlaneClient({ ...settings, endpoint }),
    jobs: new IoTJobsDataPlaneClient({ ...settings, endpoint }),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
  }
}
