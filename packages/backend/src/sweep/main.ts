import { LambdaClient } from '@aws-sdk/client-lambda'
import { awsClients, clientDefaults } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { awsPorts } from '../wiring.ts'
import { sweepPorts } from './ports.ts'
import { sweep } from './sweep.ts'

const environment = environmentOf(process.env)
const clients = awsClients(environment)

export const handler = sweep({
  ...awsPorts(environment, clients),
  ...sweepPorts(environment, { iot: clients.iot, lambda: new LambdaClient(clientDefaults) }),
  report: powertoolsReport('sweep'),
})
