import { synthesized } from '@rotator/infra/testing/synthesized'
import { resolve, type Scope } from '@rotator/local-cloud/cloudformation/intrinsics'
import { type Decision, decide } from '@rotator/local-cloud/iam/evaluate'
import { readIdentityPolicy, type Statement } from '@rotator/local-cloud/iam/identity-policy'
import { accountId, region } from '../world/lab.ts'

type Members = Readonly<Record<string, unknown>>
interface Resource {
  Type: string
  Properties: Members
}

/** The roles of a synthesized template, judged by the local cloud's policy engine. */
export interface SynthesizedRoles {
  /** What the policies of each role allow, all of them together, by its logical id. */
  statements: ReadonlyMap<string, readonly Statement[]>
  /**
   * Whether the role that a function runs as allows it.
   *
   * @param context what a call says that conditions may ask for
   */
  decide(functionName: string, action: string, resource: string, context?: Record<string, string>): Decision
}

export function synthesizedRoles(context: Record<string, string>): SynthesizedRoles {
  const { Resources } = synthesized(context).template.toJSON() as { Resources: Record<string, Resource> }
  const scope = scopeOf(Resources)
  const statements = new Map<string, Statement[]>()
  const add = (role: string, document: unknown) =>
    statements.set(role, [...(statements.get(role) ?? []), ...readIdentityPolicy(document)])
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    const properties = resolve(Properties, scope) as Members
    if (Type === 'AWS::IAM::Role')
      for (const policy of listOf(properties['Policies'])) add(id, policy['PolicyDocument'])
    if (Type === 'AWS::IAM::Policy')
      for (const role of properties['Roles'] as string[]) add(role, properties['PolicyDocument'])
  }
  const statementsFor = (functionName: string): readonly Statement[] => {
    const known = statements.get(roleIdOf(Resources, functionName) ?? '')
    if (known === undefined) throw new Error(`The template has no role of ${functionName}.`)
    return known
  }
  return {
    statements,
    decide: (functionName, action, resource, given = {}) =>
      decide(statementsFor(functionName), { action, resource, context: given }),
  }
}

function roleIdOf(resources: Readonly<Record<string, Resource>>, functionName: string): string | undefined {
  const found = Object.values(resources).find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties['FunctionName'] === functionName,
  )
  const role = found?.Properties['Role'] as { 'Fn::GetAtt': [string, string] } | undefined
  return role?.['Fn::GetAtt'][0]
}

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? (value as Members[]) : [])

/** A resource that is not named is called like its logical id here. */
function nameIn(id: string, properties: Members): string {
  const named = ['QueueName', 'TopicName', 'FunctionName'].find(name => name in properties)
  return named === undefined ? id : String(properties[named])
}

/** What references give, as far as policies of roles use them. */
function scopeOf(resources: Readonly<Record<string, Resource>>): Scope {
  const pseudo = new Map(
    Object.entries({ 'AWS::Partition': 'aws', 'AWS::Region': region, 'AWS::AccountId': accountId }),
  )
  const nameOf = (id: string): string => nameIn(id, resources[id]?.Properties ?? {})
  const arnOf = (id: string): string => {
    const services: Readonly<Record<string, string>> = {
      'AWS::SQS::Queue': 'sqs:R:',
      'AWS::SNS::Topic': 'sns:R:',
      'AWS::Lambda::Function': 'lambda:R:function:',
    }
    const [service = 'other', kind = ''] = (services[resources[id]?.Type ?? ''] ?? 'other:R:').split(':R:')
    return `arn:aws:${service}:${region}:${accountId}:${kind}${nameOf(id)}`
  }
  return {
    mappings: {},
    condition: () => true,
    attribute: id => arnOf(id),
    ref: id => pseudo.get(id) ?? (resources[id]?.Type === 'AWS::SNS::Topic' ? arnOf(id) : nameOf(id)),
  }
}
