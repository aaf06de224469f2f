import type { Account } from '../../account.ts'
import { arn } from '../../account.ts'
import type { RoleStore } from '../../iam/roles.ts'
import { defaultEventInvokeConfiguration } from '../../lambda/function-configuration.ts'
import type { Functions } from '../../lambda/functions.ts'
import { type Assets, installBundle, installInline } from '../assets.ts'
import {
  optionalFlag,
  optionalMembers,
  optionalNumber,
  optionalText,
  rawListOf,
  refuseTaken,
  requiredText,
  textMap,
} from '../property-input.ts'
import type { ResourceProvider, ResourceRequest } from '../resource-provider.ts'
import { type Members, membersOf, validationError } from '../template.ts'

const functionName = (reference: string): string => reference.replace(/^.*:function:/, '')

export interface FunctionProviderDependencies {
  account: Account
  functions: Functions
  /** Throws where the role does not trust Lambda. */
  roles: Pick<RoleStore, 'checkTrust'>
  assets: Assets
  functionsDirectory: string
}

function install(
  code: Members,
  { assets, functionsDirectory }: FunctionProviderDependencies,
): { folder: string; sha256: string } {
  const inline = optionalText(code, 'ZipFile')
  if (inline !== undefined) return installInline(inline, functionsDirectory)
  const key = requiredText(code, 'S3Key')
  const sha256 = key.replace(/\.zip$/, '')
  return { folder: installBundle(assets.folderOf(key), functionsDirectory, sha256), sha256 }
}

export function functionProvider(deps: FunctionProviderDependencies): ResourceProvider {
  const { account, functions } = deps
  const put = (name: string, { properties }: ResourceRequest) => {
    const runtime = requiredText(properties, 'Runtime')
    if (!runtime.startsWith('nodejs'))
      throw validationError(`Runtime ${runtime} is not in this cloud: it has Node.js.`)
    const { folder, sha256 } = install(membersOf(properties['Code'], 'Code'), deps)
    const deadLetterArn = optionalText(optionalMembers(properties, 'DeadLetterConfig') ?? {}, 'TargetArn')
    const reservedConcurrency = optionalNumber(properties, 'ReservedConcurrentExecutions')
    const functionArn = arn(account, 'lambda', `function:${name}`)
    deps.roles.checkTrust(requiredText(properties, 'Role'), {
      service: 'lambda.amazonaws.com',
      sourceArn: functionArn,
    })
    functions.put({
      name,
      arn: functionArn,
      runtime,
      roleArn: requiredText(properties, 'Role'),
      handler: requiredText(properties, 'Handler'),
      codeDirectory: folder,
      codeSha256: sha256,
      timeoutSeconds: optionalNumber(properties, 'Timeout') ?? 3,
      memoryMb: optionalNumber(properties, 'MemorySize') ?? 128,
      environment: textMap(optionalMembers(properties, 'Environment') ?? {}, 'Variables'),
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
      ...(deadLetterArn !== undefined && { deadLetterArn }),
    })
    return { physicalId: name, attributes: { Arn: functionArn } }
  }
  return {
    understands: [
      'Code',
      'FunctionName',
      'Role',
      'Handler',
      'Runtime',
      'Timeout',
      'MemorySize',
      'Environment',
      'DeadLetterConfig',
      'ReservedConcurrentExecutions',
    ],
    passesOver: [
      'Architectures',
      'Description',
      'EphemeralStorage',
      'LoggingConfig',
      'RecursiveLoop',
      'Tags',
      'TracingConfig',
    ],
    create(request) {
      const name = optionalText(request.properties, 'FunctionName') ?? request.generatedName(64)
      refuseTaken(functions.has(name), name)
      return put(name, request)
    },
    update: (request, old) =>
      put(optionalText(request.properties, 'FunctionName') ?? old.made.physicalId, request),
    delete: ({ made }) => functions.delete(made.physicalId),
  }
}

export function permissionProvider(functions: Functions): ResourceProvider {
  return {
    understands: ['FunctionName', 'Principal', 'Action', 'SourceArn', 'SourceAccount'],
    passesOver: [],
    create({ properties, generatedName }) {
      const id = generatedName(100)
      const sourceArn = optionalText(properties, 'SourceArn')
      const sourceAccount = optionalText(properties, 'SourceAccount')
      functions.permit(requiredText(properties, 'FunctionName'), {
        id,
        principal: requiredText(properties, 'Principal'),
        action: requiredText(properties, 'Action'),
        ...(sourceArn !== undefined && { sourceArn }),
        ...(sourceAccount !== undefined && { sourceAccount }),
      })
      return { physicalId: id, attributes: { Id: id } }
    },
    delete: ({ properties, made }) =>
      functions.forbid(functionName(requiredText(properties, 'FunctionName')), made.physicalId),
  }
}

function destination(properties: Members, outcome: 'OnSuccess' | 'OnFailure'): string | undefined {
  const destinations = optionalMembers(properties, 'DestinationConfig') ?? {}
  return optionalText(optionalMembers(destinations, outcome) ?? {}, 'Destination')
}

export function eventInvokeConfigProvider(functions: Functions): ResourceProvider {
  const put = ({ properties }: ResourceRequest) => {
    const qualifier = optionalText(properties, 'Qualifier') ?? '$LATEST'
    if (qualifier !== '$LATEST')
      throw validationError(`Qualifier ${qualifier}: there are no versions in this cloud.`)
    const name = functionName(requiredText(properties, 'FunctionName'))
    functions.get(name)
    const [onSuccessArn, onFailureArn] = [
      destination(properties, 'OnSuccess'),
      destination(properties, 'OnFailure'),
    ]
    functions.configureEventInvoke(name, {
      maximumRetryAttempts:
        optionalNumber(properties, 'MaximumRetryAttempts') ??
        defaultEventInvokeConfiguration.maximumRetryAttempts,
      maximumEventAgeSeconds:
        optionalNumber(properties, 'MaximumEventAgeInSeconds') ??
        defaultEventInvokeConfiguration.maximumEventAgeSeconds,
      ...(onSuccessArn !== undefined && { onSuccessArn }),
      ...(onFailureArn !== undefined && { onFailureArn }),
    })
    return { physicalId: `${name}|${qualifier}`, attributes: {} }
  }
  return {
    understands: [
      'FunctionName',
      'Qualifier',
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'DestinationConfig',
    ],
    passesOver: [],
    create(request) {
      const name = functionName(requiredText(request.properties, 'FunctionName'))
      refuseTaken(functions.eventInvokeOf(name) !== undefined, `${name}|$LATEST`)
      return put(request)
    },
    update: put,
    delete: ({ properties }) =>
      functions.configureEventInvoke(functionName(requiredText(properties, 'FunctionName')), undefined),
  }
}

export function eventSourceMappingProvider(functions: Functions, newId: () => string): ResourceProvider {
  const put = async (id: string, { properties }: ResourceRequest) => {
    const scaling = optionalMembers(properties, 'ScalingConfig') ?? {}
    const { name } = functions.get(requiredText(properties, 'FunctionName')).configuration
    const queueArn = requiredText(properties, 'EventSourceArn')
    if (!queueArn.includes(':sqs:'))
      throw validationError(`Event source ${queueArn} is no queue: only queues are in this cloud.`)
    await functions.putMapping({
      id,
      functionName: name,
      queueArn,
      batchSize: Math.min(optionalNumber(properties, 'BatchSize') ?? 10, 10),
      reportBatchItemFailures: rawListOf(properties, 'FunctionResponseTypes').includes(
        'ReportBatchItemFailures',
      ),
      maximumConcurrency: Math.min(optionalNumber(scaling, 'MaximumConcurrency') ?? 5, 5),
      enabled: optionalFlag(properties, 'Enabled') ?? true,
    })
    return { physicalId: id, attributes: { Id: id } }
  }
  return {
    understands: [
      'FunctionName',
      'EventSourceArn',
      'BatchSize',
      'FunctionResponseTypes',
      'ScalingConfig',
      'Enabled',
    ],
    passesOver: ['MaximumBatchingWindowInSeconds', 'Tags'],
    create: request => put(newId(), request),
    update: (request, old) => put(old.made.physicalId, request),
    delete: ({ made }) => functions.deleteMapping(made.physicalId),
  }
}
