import type { Account } from '../account.ts'
import type { RestOperation } from '../api/operation.ts'
import type { RoleAuthority } from '../iam/role-authority.ts'
import type { RoleStore } from '../iam/roles.ts'
import type { Functions } from '../lambda/functions.ts'
import { sendToQueue } from '../messaging.ts'
import type { Rules } from '../rules/rules.ts'
import type { Schedules } from '../schedules/schedules.ts'
import type { Sns } from '../sns/sns.ts'
import type { Queues } from '../sqs/queues.ts'
import type { Assets } from './assets.ts'
import { inertProvider, inertTypes } from './inert-types.ts'
import type { ResourceProvider } from './resource-provider.ts'
import { policyProvider, roleProvider } from './resources/iam-resources.ts'
import {
  iotPolicyProvider,
  jobTemplateProvider,
  operationCaller,
  topicRuleProvider,
} from './resources/iot-resources.ts'
import {
  eventInvokeConfigProvider,
  eventSourceMappingProvider,
  functionProvider,
  permissionProvider,
} from './resources/lambda-resources.ts'
import { logGroupProvider } from './resources/log-resources.ts'
import { queueProvider, subscriptionProvider, topicProvider } from './resources/messaging-resources.ts'
import { eventsRuleProvider, scheduleProvider } from './resources/schedule-resources.ts'
import type { ProviderOf } from './stack.ts'

export interface ProviderDependencies {
  account: Account
  newId: () => string
  assets: Assets
  /** Where bundles are copied to. */
  functionsDirectory: string
  functions: Functions
  roles: RoleStore
  authority: RoleAuthority
  rules: Rules
  sns: Sns
  queues: Queues
  schedules: Schedules
  /** Names of log groups. */
  logGroups: Set<string>
  scheduleFailed: (source: string, reason: string) => void
  customResource: ResourceProvider
  /** Everything that this cloud's API can do: some resources are made through it. */
  operations: readonly RestOperation[]
}

/** Every type of resource that this cloud can make, and those that it knowingly leaves inert. */
export function providerTable(deps: ProviderDependencies): ProviderOf {
  const { functions, newId, roles, sns, queues } = deps
  const callIot = operationCaller(deps.operations, 'iot')
  const schedule = {
    ...deps,
    failed: deps.scheduleFailed,
    keep: (queueArn: string, body: string) => sendToQueue(queues, queueArn, body),
  }
  const made: Readonly<Record<string, ResourceProvider>> = {
    'AWS::Lambda::Function': functionProvider(deps),
    'AWS::Lambda::Permission': permissionProvider(functions),
    'AWS::Lambda::EventInvokeConfig': eventInvokeConfigProvider(functions),
    'AWS::Lambda::EventSourceMapping': eventSourceMappingProvider(functions, newId),
    'AWS::IAM::Role': roleProvider(roles, newId),
    'AWS::IAM::Policy': policyProvider(roles),
    'AWS::IAM::ManagedPolicy': policyProvider(roles),
    'AWS::IoT::TopicRule': topicRuleProvider(deps.rules),
    'AWS::IoT::JobTemplate': jobTemplateProvider(callIot),
    'AWS::IoT::Policy': iotPolicyProvider(callIot, deps.account),
    'AWS::Logs::LogGroup': logGroupProvider(deps.account, deps.logGroups),
    'AWS::SNS::Topic': topicProvider(sns),
    'AWS::SNS::Subscription': subscriptionProvider(sns),
    'AWS::SQS::Queue': queueProvider(queues),
    'AWS::Events::Rule': eventsRuleProvider(schedule),
    'AWS::Scheduler::Schedule': scheduleProvider(schedule),
    'AWS::CloudFormation::CustomResource': deps.customResource,
  }
  return type => {
    const inert = inertTypes[type]
    if (inert !== undefined) return inertProvider(inert, deps.account)
    return type.startsWith('Custom::') ? deps.customResource : made[type]
  }
}
