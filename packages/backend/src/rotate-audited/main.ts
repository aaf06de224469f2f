import { defenderFindings } from '../aws/audit-findings.ts'
import { lambdaContinuations } from '../aws/continuations.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { certificateTriggerClients } from '../triggers/trigger-clients.ts'
import type { TriggerEnvironmentName } from '../triggers/trigger-environment.ts'
import { certificateTriggerPorts } from '../triggers/trigger-ports.ts'
import { rotateAudited } from './rotate-audited.ts'

const environment = environmentOf<TriggerEnvironmentName>(process.env)
const clients = certificateTriggerClients(environment)

export const handler = rotateAudited({
  ...certificateTriggerPorts(environment, clients),
  findings: defenderFindings(clients.iot),
  continuations: lambdaContinuations(clients.lambda, environment.text('OWN_FUNCTION_NAME')),
  report: powertoolsReport('rotate-audited'),
})
