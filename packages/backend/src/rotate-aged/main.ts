import { IoTClient } from '@aws-sdk/client-iot'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { clientDefaults } from '../aws/clients.ts'
import { lambdaContinuations } from '../aws/continuations.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import type { TriggerEnvironmentName } from '../triggers/trigger-environment.ts'
import { triggerPorts } from '../triggers/trigger-ports.ts'
import { rotateAged } from './rotate-aged.ts'

const environment = environmentOf<TriggerEnvironmentName>(process.env)
const lambda = new LambdaClient(clientDefaults)

export const handler = rotateAged({
  ...triggerPorts(environment, new IoTClient(clientDefaults)),
  continuations: lambdaContinuations(lambda, environment.text('OWN_FUNCTION_NAME')),
  afterDays: environment.days('ROTATE_AFTER_DAYS'),
  report: powertoolsReport('rotate-aged'),
})
