import { awsClients } from '../aws/clients.ts'
import { environmentOf } from '../aws/environment.ts'
import { chooseRevocation } from '../issuers/choose-revocation.ts'
import { powertoolsReport } from '../powertools-report.ts'
import { awsPorts } from '../wiring.ts'
import { retireCertificates } from './retire-certificate.ts'

const environment = environmentOf(process.env)

export const handler = retireCertificates({
  ...awsPorts(environment, awsClients(environment)),
  beginRevoking: await chooseRevocation(environment),
  holdSeconds: environment.seconds('RETIRE_HOLD_SECONDS'),
  report: powertoolsReport('retire-certificate'),
})
