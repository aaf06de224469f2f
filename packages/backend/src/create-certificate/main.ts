import { awsClients } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { awsIotIssuer } from '../issuers/aws-iot-issuer.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { awsPorts } from '../wiring.ts'
import { createCertificate } from './create-certificate.ts'

const environment = environmentOf(process.env)
const clients = awsClients(environment)

export const handler = createCertificate({
  ...awsPorts(environment, clients),
  issuer: awsIotIssuer(clients.iot),
  report: powertoolsReport('create-certificate'),
})
