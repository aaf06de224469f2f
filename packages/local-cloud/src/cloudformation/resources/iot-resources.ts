import { type Account, arn } from '../../account.ts'
import type { RestOperation } from '../../api/operation.ts'
import type { Rules } from '../../rules/rules.ts'
import { lowerCamel, optionalText, refuseTaken, requiredText } from '../property-input.ts'
import type { ResourceProvider, ResourceRequest } from '../resource-provider.ts'
import { type Members, membersOf, validationError } from '../template.ts'

/** Calls an operation of this cloud's API as a client with all rights would. */
export type CallOperation = (name: string, params: Record<string, string>, body: Members) => Promise<unknown>

export function operationCaller(operations: readonly RestOperation[], service: string): CallOperation {
  return async (name, params, body) => {
    const operation = operations.find(candidate => candidate.name === name && candidate.service === service)
    if (operation === undefined) throw validationError(`This cloud has no operation ${name}.`)
    const query = new URLSearchParams()
    return operation.handle({
      params,
      query,
      headers: {},
      body,
      rawBody: Buffer.from(JSON.stringify(body)),
      caller: {},
    })
  }
}

export function topicRuleProvider(rules: Rules): ResourceProvider {
  const put = (name: string, { properties }: ResourceRequest) => {
    const payload = membersOf(lowerCamel(properties['TopicRulePayload']), 'TopicRulePayload')
    rules.put(name, payload)
    return { physicalId: name, attributes: { Arn: rules.arnOf(name) } }
  }
  // A rule's name holds no hyphens; the names that CloudFormation makes do.
  const generated = (request: ResourceRequest) => request.generatedName(128).replaceAll('-', '_')
  return {
    understands: ['RuleName', 'TopicRulePayload'],
    passesOver: ['Tags'],
    create(request) {
      const name = optionalText(request.properties, 'RuleName') ?? generated(request)
      refuseTaken(rules.has(name), name)
      return put(name, request)
    },
    update: (request, old) =>
      put(optionalText(request.properties, 'RuleName') ?? old.made.physicalId, request),
    delete: ({ made }) => rules.delete(made.physicalId),
  }
}

/** Names that are others in CloudFormation than in the API. */
const renamed: Readonly<Record<string, string>> = {
  exponentialRolloutRate: 'exponentialRate',
  retryCriteriaList: 'criteriaList',
  inProgressTimeoutInMinutes: 'inProgressTimeoutInMinutes',
}

function apiShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(apiShape)
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [renamed[key] ?? key, apiShape(inner)]),
  )
}

export function jobTemplateProvider(call: CallOperation): ResourceProvider {
  const configurations = [
    'AbortConfig',
    'JobExecutionsRetryConfig',
    'JobExecutionsRolloutConfig',
    'PresignedUrlConfig',
    'TimeoutConfig',
    'MaintenanceWindows',
  ]
  return {
    understands: ['JobTemplateId', 'Description', 'Document', 'DocumentSource', 'JobArn', ...configurations],
    passesOver: ['Tags'],
    async create({ properties }) {
      const jobTemplateId = requiredText(properties, 'JobTemplateId')
      const texts = ['Description', 'Document', 'DocumentSource', 'JobArn'].filter(
        name => properties[name] !== undefined,
      )
      const body = {
        ...Object.fromEntries(texts.map(name => [name, properties[name]])),
        ...Object.fromEntries(
          configurations
            .filter(name => properties[name] !== undefined)
            .map(name => [name, apiShape(lowerCamel(properties[name]))]),
        ),
      }
      const made = await call(
        'CreateJobTemplate',
        { jobTemplateId },
        membersOf(topLevelLowerCamel(body), 'template'),
      )
      return {
        physicalId: jobTemplateId,
        attributes: { Arn: String(membersOf(made, 'the answer')['jobTemplateArn']) },
      }
    },
    async delete({ made }) {
      await call('DeleteJobTemplate', { jobTemplateId: made.physicalId }, {})
    },
  }
}

const topLevelLowerCamel = (members: Members): Members =>
  Object.fromEntries(
    Object.entries(members).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
  )

export function iotPolicyProvider(call: CallOperation, account: Account): ResourceProvider {
  const document = (properties: Members) => {
    const given = properties['PolicyDocument']
    return typeof given === 'string' ? given : JSON.stringify(given)
  }
  const made = (name: string) => ({
    physicalId: name,
    attributes: { Arn: arn(account, 'iot', `policy/${name}`), Id: name },
  })
  return {
    understands: ['PolicyName', 'PolicyDocument'],
    passesOver: ['Tags'],
    async create({ properties, generatedName }) {
      const policyName = optionalText(properties, 'PolicyName') ?? generatedName(128)
      await call('CreatePolicy', { policyName }, { policyDocument: document(properties) })
      return made(policyName)
    },
    async delete({ made: { physicalId } }) {
      await call('DeletePolicy', { policyName: physicalId }, {})
    },
  }
}
