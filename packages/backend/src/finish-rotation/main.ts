import { awsClients } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { awsPorts } from '../wiring.ts'
import { finishRotation } from './finish-rotation.ts'

const environment = environmentOf(process.env)

export const handler = finishRotation({
  ...awsPorts(environment, awsClients(environment)),
  report: powertoolsReport('finish-rotation'),
})
