import { IoTClient } from '@aws-sdk/client-iot'
import { clientDefaults } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import type { TriggerEnvironmentName } from '../triggers/trigger-environment.ts'
import { triggerPorts } from '../triggers/trigger-ports.ts'
import { rotateAnomalous } from './rotate-anomalous.ts'

const environment = environmentOf<TriggerEnvironmentName>(process.env)

export const handler = rotateAnomalous({
  ...triggerPorts(environment, new IoTClient(clientDefaults)),
  report: powertoolsReport('rotate-anomalous'),
})
