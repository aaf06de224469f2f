import { mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { type Account, defaultAccount } from './account.ts'
import { type Api, createApi } from './api/api.ts'
import { listenHttp, listenHttps, type ServerIdentity } from './api/http-listener.ts'
import type { Listener } from './api/listen.ts'
import { openCertificateAuthorities } from './certificates/certificate-authorities.ts'
import { type Clock, systemClock } from './clock.ts'
import { CloudEvents, type CloudObserver } from './cloud-events.ts'
import { type CloudServices, cloudServices } from './cloud-services.ts'
import { responseHost } from './cloudformation/resources/custom-resources.ts'
import type { Deployment } from './cloudformation/stack.ts'
import type { DeployedStack } from './cloudformation/stacks.ts'
import { authentication } from './iam/authentication.ts'
import { authorizeRoleCaller } from './iam/role-callers.ts'
import { type ArmedFault, type KillAtCall, killAtCall } from './lambda/call-faults.ts'
import { FunctionLogs } from './lambda/function-logs.ts'
import type { BrokerLimits } from './mqtt/limits.ts'
import { listenMqtt, mqttProtocol, serveMqtt } from './mqtt/tls-listener.ts'
import { trackedClock } from './mqtt/tracked-clock.ts'
import { authorizeCertificateCaller } from './policies/certificate-callers.ts'
import type { NewAuthority } from './private-ca/private-authorities.ts'
import { newUuid } from './random.ts'
import { runtimeFolder } from './runtime-folder.ts'

export interface CloudOptions {
  /** Keeps the authorities' keys, `root-ca.pem`, `logs/<function>.log` and the functions' code. */
  directory: string
  account?: Account
  clock?: Clock
  /** 0, or none: a free one. */
  ports?: { http?: number; https?: number; mqtt?: number }
  brokerLimits?: Partial<BrokerLimits>
  /** Processes at once for one function; default: as many as this machine runs at once, and at least two. */
  mostInstances?: number
  /** Starts a process of every function as it is deployed, so that its first event need not wait for one. */
  warmFunctions?: boolean
  /** Lambda's waits before an event is tried again, times this; default 1. */
  retryDelayScale?: number
  /** The time between two runs of a `rate`, times this; default 1. */
  scheduleScale?: number
  /** Authorities of AWS Private CA that are there from the start. */
  privateAuthorities?: readonly NewAuthority[]
}

export interface CloudEndpoints {
  http: string
  https: string
  mqtt: { host: string; port: number }
}

/** A running cloud. Its services are there for tests and faults; clients go by the endpoints. */
export interface Cloud {
  endpoints: CloudEndpoints
  /** PEM file that TLS clients trust. */
  rootCaPath: string
  account: Account
  api: Api
  services: CloudServices
  /** Deploys a CDK template, `<stack>.template.json` with its assets beside it; again, to update. */
  deploy(templatePath: string, deployment?: Deployment): Promise<DeployedStack>
  /** Returns the way to stop. */
  observe(observer: CloudObserver): () => void
  /** Kills a function's process at its n-th call to this cloud. */
  killAtCall(fault: KillAtCall): ArmedFault
  /** Leaves no process, timer or port behind. */
  stop(): Promise<void>
}

interface Listeners {
  http: Listener
  https: Listener
  mqtt: Listener
}

/** Listens on all three ports or, where one of them is taken, on none. */
async function listen(
  api: Api,
  { broker }: CloudServices,
  identity: ServerIdentity,
  { http = 0, https = 0, mqtt = 0 }: NonNullable<CloudOptions['ports']>,
): Promise<Listeners> {
  const opened = await Promise.allSettled([
    listenHttp(api, http),
    listenHttps(api, https, identity, { [mqttProtocol]: socket => serveMqtt(broker, socket) }),
    listenMqtt({ broker, identity, port: mqtt }),
  ])
  const [one, two, three] = opened
  if (one.status === 'fulfilled' && two.status === 'fulfilled' && three.status === 'fulfilled')
    return { http: one.value, https: two.value, mqtt: three.value }
  for (const each of opened) if (each.status === 'fulfilled') await each.value.stop()
  throw portError(opened.find(each => each.status === 'rejected')?.reason)
}

function portError(reason: unknown): unknown {
  if (!(reason instanceof Error) || !('code' in reason) || !('port' in reason)) return reason
  const why =
    reason.code === 'EADDRINUSE' ? 'is already in use' : `cannot be listened on (${String(reason.code)})`
  return new Error(
    `The port ${String(reason.port)} of 127.0.0.1 ${why}. Choose another one, or 0 for a free one.`,
    {
      cause: reason,
    },
  )
}

function createCloudApi(services: CloudServices, account: Account, clock: Clock, events: CloudEvents): Api {
  const devices = { account, ...services.registry }
  const api = createApi({
    operations: services.operations,
    actions: services.actions,
    newId: newUuid,
    authenticate: authentication({ ...services, clock }),
    authorize({ accessKeyId, certificateId }, call) {
      if (accessKeyId !== undefined) authorizeRoleCaller({ account, ...services }, accessKeyId, call)
      else if (certificateId !== undefined) authorizeCertificateCaller(devices, certificateId, call)
    },
    onDefect: error => events.tell({ kind: 'defect', error }),
  })
  api.observe(call => events.tell({ kind: 'call', call }))
  return api
}

function fixedSurroundings(directory: string, account: Account) {
  const folder = runtimeFolder(import.meta.dirname)
  return {
    account,
    runtimeFolder: folder,
    nodePath: path.join(folder, 'node_modules'),
    compileCache: path.join(directory, 'functions', 'compile-cache'),
  }
}

const withDefaults = (options: CloudOptions) => ({
  brokerLimits: options.brokerLimits ?? {},
  mostInstances: options.mostInstances ?? Math.max(2, availableParallelism()),
  retryDelayScale: options.retryDelayScale ?? 1,
  scheduleScale: options.scheduleScale ?? 1,
})

/** Starts every service and its endpoints on 127.0.0.1. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { account = defaultAccount } = options
  const directory = path.resolve(options.directory)
  const clock = trackedClock(options.clock ?? systemClock)
  mkdirSync(directory, { recursive: true })
  const authorities = openCertificateAuthorities(directory, clock.now())
  const { rootCaPath } = authorities
  const logs = new FunctionLogs(path.join(directory, 'logs'))
  const events = new CloudEvents()
  const httpUrl = () => `http://127.0.0.1:${listeners.http.port}`
  const httpsHost = () => `localhost:${listeners.https.port}`
  const services = cloudServices({
    directory,
    account,
    clock,
    events,
    issuer: authorities.deviceIssuer,
    ...withDefaults(options),
    endpointUrl: httpUrl,
    iotEndpoints: () => ({ data: httpsHost(), jobs: httpsHost(), credentialProvider: httpsHost() }),
    rootCa: () => readFileSync(rootCaPath, 'utf8'),
    surroundings: () => ({
      ...fixedSurroundings(directory, account),
      endpointUrl: httpUrl(),
      rootCaPath,
      routes: { [`${responseHost(account.region)}:443`]: listeners.https.port },
    }),
    logLine(functionName, line) {
      logs.append(functionName, line)
      events.tell({ kind: 'function-log', functionName, line })
    },
  })
  await services.privateAuthorities.createAll(options.privateAuthorities)
  const api = createCloudApi(services, account, clock, events)
  const listeners = await listen(api, services, authorities.serverIdentity('P-256'), options.ports ?? {})
  return {
    endpoints: {
      http: httpUrl(),
      https: `https://${httpsHost()}`,
      mqtt: { host: 'localhost', port: listeners.mqtt.port },
    },
    rootCaPath,
    account,
    api,
    services,
    async deploy(templatePath, deployment) {
      const stack = await services.stacks.deploy(templatePath, deployment)
      if (options.warmFunctions === true) await services.functions.warm()
      return stack
    },
    observe: observer => events.observe(observer),
    killAtCall: fault => killAtCall(fault, { ...services, api }),
    async stop() {
      await services.stop()
      await Promise.all([listeners.http.stop(), listeners.https.stop(), listeners.mqtt.stop()])
      clock.cancelAll()
      logs.close()
    },
  }
}
