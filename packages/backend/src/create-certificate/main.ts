import { awsClients } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { chooseIssuer } from '../issuers/choose-issuer.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { awsPorts } from '../wiring.ts'
import { createCertificate } from './create-certificate.ts'
import { chooseCheck } from './own-check.ts'

const environment = environmentOf(process.env)
const clients = awsClients(environment)
const ports = awsPorts(environment, clients)

export const handler = createCertificate({
  ...ports,
  issuer: await chooseIssuer(environment, clients.iot, ports),
  check: await chooseCheck(environment),
  report: powertoolsReport('create-certificate'),
})
