import { awsClients } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { awsPorts } from '../wiring.ts'
import { commitCertificate } from './commit-certificate.ts'

const environment = environmentOf(process.env)

export const handler = commitCertificate({
  ...awsPorts(environment, awsClients(environment)),
  report: powertoolsReport('commit-certificate'),
})
