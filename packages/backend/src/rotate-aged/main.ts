import { lambdaContinuations } from '../aws/continuations.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { certificateTriggerClients } from '../triggers/trigger-clients.ts'
import type { TriggerEnvironmentName } from '../triggers/trigger-environment.ts'
import { certificateTriggerPorts } from '../triggers/trigger-ports.ts'
import { rotateAged } from './rotate-aged.ts'

const environment = environmentOf<TriggerEnvironmentName>(process.env)
const clients = certificateTriggerClients(environment)

export const handler = rotateAged({
  ...certificateTriggerPorts(environment, clients),
  continuations: lambdaContinuations(clients.lambda, environment.text('OWN_FUNCTION_NAME')),
  afterDays: environment.days('ROTATE_AFTER_DAYS'),
  report: powertoolsReport('rotate-aged'),
})
