import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { isAllowed } from '@rotator/local-cloud/policies/evaluate'
import { readPolicyDocument, type Statement } from '@rotator/local-cloud/policies/policy-document'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target, wordsOf } from '../../target.ts'

const attempt = {
  action: 'iot:Publish',
  resource: 'arn:aws:iot:eu-west-1:123456789012:topic/awslabs/things/dev1/certificate/create',
}
const context = {
  clientId: 'dev1',
  certificateId: 'a'.repeat(64),
  subject: { CN: ['dev1'] },
  thing: { thingName: 'dev1', thingTypeName: undefined, attributes: {}, isAttached: true },
}
const allowed = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['iot:Connect', 'iot:Publish'],
      Resource: [
        'arn:aws:iot:eu-west-1:123456789012:topic/awslabs/things/${iot:Connection.Thing.ThingName}/certificate/*',
      ],
      Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } },
    },
  ],
}
const words = [
  ...'Version Statement Effect Action Resource Condition Allow Deny iot:* *'.split(' '),
  ...'iot:Publish StringLike StringNotEquals Bool true ${iot:ClientId} ${*} ***?*'.split(' '),
  'iot:Certificate.Subject.CommonName',
  attempt.resource,
  'arn:*',
  'Sid',
  'NotAction',
]

/** A policy document, which the local cloud enforces on every publish. */
export const policyDocument: Target = {
  name: 'policy-document',
  mutate: jsonOf(words),
  execute(input) {
    const statements = read(input.toString())
    if (typeof statements === 'string') return wordsOf(statements)
    const isDone = isAllowed(statements, attempt, context)
    claim(!isDone || statements.some(reaches), 'allowed by no statement that reaches it')
    claim(!isDone || !statements.some(denies), 'allowed in spite of a statement that denies everything')
    return `${statements.length > 3 ? 'many' : statements.length} ${isDone ? 'allowed' : 'denied'}`
  },
  seeds: () => ({
    allowed: JSON.stringify(allowed),
    denied: JSON.stringify({
      ...allowed,
      Statement: [...allowed.Statement, { Effect: 'Deny', Action: 'iot:*', Resource: '*' }],
    }),
    conditions: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: {
          StringLike: { 'iot:ClientId': ['dev?', '${iot:Certificate.Subject.CommonName}'] },
          StringNotEquals: { 'aws:SourceIp': '127.0.0.1' },
        },
      },
    }),
  }),
}

function read(text: string): Statement[] | string {
  try {
    return readPolicyDocument(text)
  } catch (error) {
    if (error instanceof AwsError)
      return error.message.replace(/(action|resource|operator|condition|member) .*/su, '$1')
    throw error
  }
}

/** Whether a pattern fits, by regular expression instead of by hand; variables may stand for anything. */
function mayFit(pattern: string, text: string): boolean {
  const loose = pattern
    .replaceAll(/\$\{[^}]*\}/gu, '*')
    .replaceAll(/[.+^${}()|[\]\\/]/gu, String.raw`\$&`)
    .replaceAll(/\*+/gu, '[^]*')
    .replaceAll('?', '[^]')
  return new RegExp(`^${loose}$`, 'u').test(text)
}

const reaches = ({ effect, actions, resources }: Statement): boolean =>
  effect === 'Allow' &&
  actions.some(pattern => mayFit(pattern, attempt.action.toLowerCase())) &&
  resources.some(pattern => mayFit(pattern, attempt.resource))

const denies = ({ effect, actions, resources, conditions }: Statement): boolean =>
  effect === 'Deny' && actions.includes('*') && resources.includes('*') && conditions.length === 0
