import path from 'node:path'
import type { Account } from './account.ts'
import type { ActionOperation, RestOperation } from './api/operation.ts'
import type { Issuer } from './certificates/issue.ts'
import type { Clock } from './clock.ts'
import type { CloudEvents } from './cloud-events.ts'
import { CustomResources } from './cloudformation/resources/custom-resources.ts'
import { Stacks } from './cloudformation/stacks.ts'
import { credentialOperation } from './credential-provider/credential-operation.ts'
import { roleAliasOperations } from './credential-provider/role-alias-operations.ts'
import { RoleAliases } from './credential-provider/role-aliases.ts'
import { type DeviceDefender, deviceDefender } from './device-defender/device-defender.ts'
import {
  createEventConfigurations,
  type EventConfigurations,
} from './event-configurations/event-configurations.ts'
import { CredentialStore } from './iam/credentials.ts'
import { RoleAuthority } from './iam/role-authority.ts'
import { RoleStore } from './iam/roles.ts'
import { type JobsService, jobsService } from './jobs/jobs-service.ts'
import type { FunctionConfiguration } from './lambda/function-configuration.ts'
import type { FunctionInstance } from './lambda/function-instance.ts'
import { lambdaOperations } from './lambda/lambda-operations.ts'
import type { SandboxSurroundings } from './lambda/sandbox-environment.ts'
import { SandboxFactory } from './lambda/sandbox-factory.ts'
import { type Messaging, messaging, ruleTargets } from './messaging.ts'
import { type Broker, createBroker } from './mqtt/broker.ts'
import type { BrokerLimits } from './mqtt/limits.ts'
import { publishOperations } from './mqtt/publish-operation.ts'
import { PrivateAuthorities } from './private-ca/private-authorities.ts'
import { privateCaActions } from './private-ca/private-ca-actions.ts'
import { newUuid, randomText } from './random.ts'
import { type Endpoints } from './registry/endpoint-operations.ts'
import { type RegistryService, registryService } from './registry/registry-service.ts'
import { ruleOperations } from './rules/rule-operations.ts'
import { Rules } from './rules/rules.ts'
import { Schedules } from './schedules/schedules.ts'
import { type ShadowsService, shadowsService } from './shadows/shadows-service.ts'
import { confirmationLink, snsActions } from './sns/sns-actions.ts'
import { sqsActions } from './sqs/sqs-actions.ts'

export interface CloudServicesDependencies {
  directory: string
  account: Account
  clock: Clock
  issuer: Issuer
  events: CloudEvents
  brokerLimits: Partial<BrokerLimits>
  mostInstances: number
  retryDelayScale: number
  scheduleScale?: number
  logLine: (functionName: string, line: string) => void
  /** In place of processes, such as handlers in this process for a simulation. */
  startInstance?: (configuration: FunctionConfiguration) => Promise<FunctionInstance>
  /** The rest is known only once the endpoints listen, and asked for when it is needed. */
  endpointUrl: () => string
  iotEndpoints: () => Endpoints
  surroundings: () => SandboxSurroundings
  rootCa: () => string
}

/** Every service of the cloud, wired together, without a socket. */
export interface CloudServices extends Messaging {
  registry: RegistryService
  broker: Broker
  jobs: JobsService
  shadows: ShadowsService
  eventConfigurations: EventConfigurations
  roles: RoleStore
  authority: RoleAuthority
  credentials: CredentialStore
  sandboxes: SandboxFactory
  stacks: Stacks
  schedules: Schedules
  deviceDefender: DeviceDefender
  /** AWS Private CA's. */
  privateAuthorities: PrivateAuthorities
  operations: RestOperation[]
  actions: ActionOperation[]
  /** Leaves no process and no connection behind. */
  stop(): Promise<void>
}

/** What devices speak to: registry, broker, jobs and shadows. */
function deviceServices({ account, clock, ...deps }: CloudServicesDependencies) {
  const newId = newUuid
  const registry = registryService({
    account,
    clock,
    newId,
    issuer: deps.issuer,
    endpoints: deps.iotEndpoints,
  })
  const broker = createBroker({ account, clock, newId, ...registry, limits: deps.brokerLimits })
  const eventConfigurations = createEventConfigurations({ clock })
  const jobs = jobsService({ account, clock, bus: broker, registry, eventConfigurations, newId })
  const shadows = shadowsService({ clock, bus: broker })
  return { registry, broker, eventConfigurations, jobs, shadows }
}

type DeviceServices = ReturnType<typeof deviceServices>

function restOperations(
  { registry, eventConfigurations, jobs, shadows, broker }: DeviceServices,
  { functions, sns }: Messaging,
  rules: Rules,
  customResource: CustomResources,
): RestOperation[] {
  return [
    ...registry.operations,
    ...eventConfigurations.operations,
    ...jobs.operations,
    ...shadows.operations,
    ...publishOperations(broker),
    ...ruleOperations(rules),
    ...lambdaOperations(functions),
    confirmationLink(sns),
    customResource.operation,
  ]
}

export function cloudServices(deps: CloudServicesDependencies): CloudServices {
  const { account, clock, events } = deps
  const newId = newUuid
  const devices = deviceServices(deps)
  const credentials = new CredentialStore(clock, randomText)
  const roles = new RoleStore(account)
  const authority = new RoleAuthority(account, roles)
  const sandboxes = new SandboxFactory({
    credentials,
    newId,
    surroundings: deps.surroundings,
    log: deps.logLine,
  })
  const reached = messaging({
    ...deps,
    newId,
    authority,
    endpoint: deps.endpointUrl,
    startInstance: deps.startInstance ?? (configuration => sandboxes.start(configuration)),
  })
  const targets = ruleTargets(reached, account, authority)
  const failed = (source: string, reason: string) => events.tell({ kind: 'problem', source, reason })
  const rules = new Rules({ account, clock, newId, bus: devices.broker, targets, failed })
  const schedules = new Schedules(clock, deps.scheduleScale)
  const customResource = new CustomResources({
    functions: reached.functions,
    clock,
    newId,
    region: account.region,
  })
  const defender = deviceDefender({
    ...deps,
    ...devices,
    newId,
    schedules,
    failed,
    publish: (topicArn, message) => void reached.sns.publish({ topicArn, message }),
  })
  const aliases = new RoleAliases(account)
  const operations = [
    ...restOperations(devices, reached, rules, customResource),
    ...defender.operations,
    ...roleAliasOperations(aliases, clock),
    credentialOperation({ ...devices, aliases, credentials }),
  ]
  const privateAuthorities = new PrivateAuthorities(account, clock, newId)
  const stacks = new Stacks({
    ...reached,
    account,
    newId,
    operations,
    roles,
    authority,
    rules,
    schedules,
    functionsDirectory: path.join(deps.directory, 'functions'),
    logGroups: new Set(),
    scheduleFailed: failed,
    customResource,
  })
  return {
    ...devices,
    ...reached,
    roles,
    authority,
    credentials,
    sandboxes,
    stacks,
    schedules,
    operations,
    deviceDefender: defender,
    privateAuthorities,
    actions: [
      ...sqsActions(reached.queues),
      ...snsActions(reached.sns, account.accountId),
      ...privateCaActions({ account, clock, authorities: privateAuthorities }),
    ],
    async stop() {
      schedules.stop()
      rules.stop()
      devices.broker.stop()
      await reached.functions.stop()
    },
  }
}
