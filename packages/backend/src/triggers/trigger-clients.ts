import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { clientDefaults } from '../aws/clients.ts'
import type { Environment } from '../aws/environment.ts'
import type { TriggerEnvironmentName } from './trigger-environment.ts'

/** Clients for a function that starts from certificates, and goes on in another invocation where it must. */
export const certificateTriggerClients = (
  environment: Environment<TriggerEnvironmentName>,
  settings = clientDefaults,
) => ({
  iot: new IoTClient(settings),
  data: new IoTDataPlaneClient({
    ...settings,
    endpoint: `https://${environment.text('IOT_DATA_ENDPOINT')}`,
  }),
  lambda: new LambdaClient(settings),
})
