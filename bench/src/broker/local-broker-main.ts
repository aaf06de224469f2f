import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defaultAccount } from '@rotator/local-cloud/account'
import {
  openCertificateAuthorities,
  type ServerKeyType,
} from '@rotator/local-cloud/certificates/certificate-authorities'
import { systemClock } from '@rotator/local-cloud/clock'
import { createBroker } from '@rotator/local-cloud/mqtt/broker'
import { listenMqtt } from '@rotator/local-cloud/mqtt/tls-listener'
import { registryService } from '@rotator/local-cloud/registry/registry-service'

// The local cloud's registry, policies and broker; only the limit of messages a second is lifted.
const [directory = '', keyType, certificateFile = ''] = process.argv.slice(2)
const authorities = openCertificateAuthorities(directory, Date.now())
const registry = registryService({
  account: defaultAccount,
  clock: systemClock,
  newId: randomUUID,
  issuer: authorities.deviceIssuer,
  endpoints: () => ({ data: '', jobs: '', credentialProvider: '' }),
})
const call = (
  name: string,
  part: { params?: Record<string, string>; query?: string; body?: Record<string, unknown> },
) =>
  registry.operations
    .find(operation => operation.name === name)
    ?.handle({
      params: {},
      headers: {},
      body: {},
      rawBody: Buffer.alloc(0),
      caller: {},
      ...part,
      query: new URLSearchParams(part.query),
    })
const registered = (await call('RegisterCertificateWithoutCA', {
  body: { certificatePem: readFileSync(certificateFile, 'utf8'), status: 'ACTIVE' },
})) as { certificateArn: string }
const allow = { Effect: 'Allow', Action: 'iot:*', Resource: '*' }
call('CreatePolicy', {
  params: { policyName: 'bench' },
  body: { policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [allow] }) },
})
call('AttachPolicy', { params: { policyName: 'bench' }, body: { target: registered.certificateArn } })

const broker = createBroker({
  ...registry,
  account: defaultAccount,
  clock: systemClock,
  newId: randomUUID,
  limits: { publishesPerSecondPerConnection: Number.POSITIVE_INFINITY, queuedMessages: 100_000 },
})
const listener = await listenMqtt({
  broker,
  identity: authorities.serverIdentity(keyType as ServerKeyType),
  port: 0,
})
process.stdout.write(`${JSON.stringify({ port: listener.port, rootCaPath: authorities.rootCaPath })}\n`)
process.stdin.resume().once('end', () => process.exit(0))
