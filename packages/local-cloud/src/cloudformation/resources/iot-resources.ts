import { type Account, arn } from '../../account.ts'
import type { RestOperation } from '../../api/operation.ts'
import type { Rules } from '../../rules/rules.ts'
import { listOf, lowerCamel, optionalText, refuseTaken, requiredText } from '../property-input.ts'
import type { ResourceProvider, ResourceRequest } from '../resource-provider.ts'
import { type Members, membersOf, validationError } from '../template.ts'

/** Calls an operation of this cloud's API as a client with all rights would. */
export type CallOperation = (
  name: string,
  params: Record<string, string>,
  body: Members,
  query?: Record<string, string>,
) => Promise<unknown>

export function operationCaller(operations: readonly RestOperation[], service: string): CallOperation {
  return async (name, params, body, query = {}) => {
    const operation = operations.find(candidate => candidate.name === name && candidate.service === service)
    if (operation === undefined) throw validationError(`This cloud has no operation ${name}.`)
    return operation.handle({
      params,
      query: new URLSearchParams(query),
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
}

function apiShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(apiShape)
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [renamed[key] ?? key, apiShape(inner)]),
  )
}

const templateTexts = ['Description', 'Document', 'DocumentSource', 'JobArn']
const templateSettings = [
  'AbortConfig',
  'JobExecutionsRetryConfig',
  'JobExecutionsRolloutConfig',
  'MaintenanceWindows',
  'PresignedUrlConfig',
  'TimeoutConfig',
]

function templateBody(properties: Members): Members {
  const given = (names: readonly string[]) =>
    lowerCamel(
      Object.fromEntries(names.filter(name => name in properties).map(name => [name, properties[name]])),
    )
  return {
    ...membersOf(given(templateTexts), 'the texts'),
    ...membersOf(apiShape(given(templateSettings)), 'the settings'),
  }
}

/** AWS cannot change a template: a change makes another one, which fails where it has the same id. */
export function jobTemplateProvider(call: CallOperation): ResourceProvider {
  return {
    understands: ['JobTemplateId', ...templateTexts, ...templateSettings],
    passesOver: ['Tags'],
    async create({ properties }) {
      const jobTemplateId = requiredText(properties, 'JobTemplateId')
      const made = await call('CreateJobTemplate', { jobTemplateId }, templateBody(properties))
      const { jobTemplateArn } = membersOf(made, 'the answer')
      return { physicalId: jobTemplateId, attributes: { Arn: jobTemplateArn } }
    },
    async delete({ made }) {
      await call('DeleteJobTemplate', { jobTemplateId: made.physicalId }, {})
    },
  }
}

export function iotPolicyProvider(call: CallOperation, account: Account): ResourceProvider {
  const bodyOf = ({ PolicyDocument: given }: Members) => ({
    policyDocument: typeof given === 'string' ? given : JSON.stringify(given),
  })
  return {
    understands: ['PolicyName', 'PolicyDocument'],
    passesOver: ['Tags'],
    async create({ properties, generatedName }) {
      const policyName = optionalText(properties, 'PolicyName') ?? generatedName(128)
      await call('CreatePolicy', { policyName }, bodyOf(properties))
      const attributes = { Arn: arn(account, 'iot', `policy/${policyName}`), Id: policyName }
      return { physicalId: policyName, attributes }
    },
    async update({ properties }, { made }) {
      const policyName = made.physicalId
      if ((optionalText(properties, 'PolicyName') ?? policyName) !== policyName)
        throw validationError(`The policy ${policyName} cannot be renamed here: give it another logical id.`)
      await call('CreatePolicyVersion', { policyName }, bodyOf(properties), { setAsDefault: 'true' })
      return made
    },
    async delete({ made: { physicalId: policyName } }) {
      const listed = membersOf(await call('ListPolicyVersions', { policyName }, {}), 'the answer')
      for (const version of listOf(listed, 'policyVersions'))
        if (version['isDefaultVersion'] !== true)
          await call(
            'DeletePolicyVersion',
            { policyName, policyVersionId: requiredText(version, 'versionId') },
            {},
          )
      await call('DeletePolicy', { policyName }, {})
    },
  }
}
