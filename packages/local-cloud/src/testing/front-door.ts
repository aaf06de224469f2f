import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultAccount } from '../account.ts'
import { type Api, createApi } from '../api/api.ts'
import { listenHttp, listenHttps } from '../api/http-listener.ts'
import { openCertificateAuthorities } from '../certificates/certificate-authorities.ts'
import { systemClock } from '../clock.ts'
import { credentialOperation } from '../credential-provider/credential-operation.ts'
import { roleAliasOperations } from '../credential-provider/role-alias-operations.ts'
import { RoleAliases } from '../credential-provider/role-aliases.ts'
import { CredentialStore } from '../iam/credentials.ts'
import { type Broker, createBroker } from '../mqtt/broker.ts'
import type { BrokerLimits } from '../mqtt/limits.ts'
import { publishOperations } from '../mqtt/publish-operation.ts'
import { listenMqtt, mqttProtocol, serveMqtt } from '../mqtt/tls-listener.ts'
import { authorizeCertificateCaller } from '../policies/certificate-callers.ts'
import { type RegistryService, registryService } from '../registry/registry-service.ts'
import type { ClientSettings } from './api-server.ts'

/** Registry, API and broker on real sockets, without the services behind them. */
export interface FrontDoor {
  registry: RegistryService
  broker: Broker
  api: Api
  settings: ClientSettings
  httpsPort: number
  mqttPort: number
  rootCa: Buffer
  directory: string
  stop(): Promise<void>
}

export async function startFrontDoor(limits: Partial<BrokerLimits> = {}): Promise<FrontDoor> {
  const directory = mkdtempSync(join(tmpdir(), 'front-door-'))
  const authorities = openCertificateAuthorities(directory, Date.now())
  let endpoint = ''
  const registry = registryService({
    account: defaultAccount,
    clock: systemClock,
    newId: randomUUID,
    issuer: authorities.deviceIssuer,
    endpoints: () => ({ data: endpoint, jobs: endpoint, credentialProvider: endpoint }),
  })
  const deps = { account: defaultAccount, ...registry }
  const broker = createBroker({ ...deps, clock: systemClock, newId: randomUUID, limits })
  const aliases = new RoleAliases(defaultAccount)
  const credentials = new CredentialStore(systemClock, length => 'A'.repeat(length))
  const api = createApi({
    operations: [
      ...registry.operations,
      ...publishOperations(broker),
      ...roleAliasOperations(aliases, systemClock),
      credentialOperation({ registry, aliases, credentials }),
    ],
    actions: [],
    newId: randomUUID,
    authorize(caller, call) {
      if (caller.accessKeyId === undefined && caller.certificateId !== undefined)
        authorizeCertificateCaller(deps, caller.certificateId, call)
    },
  })
  const identity = authorities.serverIdentity('P-256')
  const http = await listenHttp(api, 0)
  const https = await listenHttps(api, 0, identity, { [mqttProtocol]: socket => serveMqtt(broker, socket) })
  const mqtt = await listenMqtt({ broker, identity, port: 0 })
  endpoint = `localhost:${https.port}`
  return {
    registry,
    broker,
    api,
    settings: {
      endpoint: `http://127.0.0.1:${http.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
    },
    httpsPort: https.port,
    mqttPort: mqtt.port,
    rootCa: readFileSync(authorities.rootCaPath),
    directory,
    async stop() {
      broker.stop()
      await Promise.all([http.stop(), https.stop(), mqtt.stop()])
      rmSync(directory, { recursive: true })
    },
  }
}
