import { IoTClient } from '@aws-sdk/client-iot'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { defenderFindings } from '../aws/audit-findings.ts'
import { clientDefaults } from '../aws/clients.ts'
import { lambdaContinuations } from '../aws/continuations.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import type { TriggerEnvironmentName } from '../triggers/trigger-environment.ts'
import { triggerPorts } from '../triggers/trigger-ports.ts'
import { rotateAudited } from './rotate-audited.ts'

const environment = environmentOf<TriggerEnvironmentName>(process.env)
const [iot, lambda] = [new IoTClient(clientDefaults), new LambdaClient(clientDefaults)]

export const handler = rotateAudited({
  ...triggerPorts(environment, iot),
  findings: defenderFindings(iot),
  continuations: lambdaContinuations(lambda, environment.text('OWN_FUNCTION_NAME')),
  report: powertoolsReport('rotate-audited'),
})
