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
  names: string[]
  /** What the role's policies allow, all of them together. */
  statementsOf(roleName: string): readonly Statement[]
  /** @param context what a call says that conditions may ask for */
  decide(roleName: string, action: string, resource: string, context?: Record<string, string>): Decision
}

export function synthesizedRoles(context: Record<string, string>): SynthesizedRoles {
  const { Resources } = synthesized(context).template.toJSON() as { Resources: Record<string, Resource> }
  const scope = scopeOf(Resources)
  const statements = new Map<string, Statement[]>()
  const add = (roleName: string, document: unknown) =>
    statements.set(roleName, [...(statements.get(roleName) ?? []), ...readIdentityPolicy(document)])
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    const properties = resolve(Properties, scope) as Members
    if (Type === 'AWS::IAM::Role')
      for (const policy of listOf(properties['Policies']))
        add(nameIn(id, properties), policy['PolicyDocument'])
    if (Type === 'AWS::IAM::Policy')
      for (const roleName of properties['Roles'] as string[]) add(roleName, properties['PolicyDocument'])
  }
  const statementsOf = (roleName: string): readonly Statement[] => {
    const known = statements.get(roleName)
    if (known === undefined) throw new Error(`The template has no role ${roleName}.`)
    return known
  }
  return {
    names: [...statements.keys()],
    statementsOf,
    decide: (roleName, action, resource, given = {}) =>
      decide(statementsOf(roleName), { action, resource, context: given }),
  }
}

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? (value as Members[]) : [])

/** A resource that is not named is called like its logical id here. */
function nameIn(id: string, properties: Members): string {
  const named = ['RoleName', 'QueueName', 'TopicName', 'FunctionName'].find(name => name in properties)
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
