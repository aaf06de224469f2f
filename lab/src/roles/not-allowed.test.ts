import { iotResources } from '@rotator/local-cloud/iam/asked-rights/iot'
import { jobTemplateId, recordShadowName, stackName } from '@rotator/protocol/names'
import { describe, expect, test } from 'vitest'
import { functionNames } from '../whole/function-calls.ts'
import { topicArn } from '../whole/triggers-template.ts'
import { accountId, region } from '../world/lab.ts'
import { labAuthorityArn, labAuthorityId } from '../world/private-ca.ts'
import { type SynthesizedRoles, synthesizedRoles } from './synthesized-roles.ts'

const triggers = {
  TriggerThingGroup: 'core-devices',
  TriggerAfterDays: '365',
  TriggerAuditTopicArn: topicArn('audits'),
  TriggerAnomalyTopicArn: topicArn('anomalies'),
}
const usual = synthesizedRoles(triggers)
const byAuthority = synthesizedRoles({ PcaCaId: labAuthorityId, PcaRevokeOnRetirement: 'true' })

const iot = (resource: string): string => `arn:aws:iot:${region}:${accountId}:${resource}`
const cert = iot('cert/0123')
const thing = iot('thing/dev1')
const record = iot(`thing/dev1/${recordShadowName}`)
const reply = (kind: string) => iot(`topic/awslabs/things/dev1/certificate/${kind}`)
const template = { 'acm-pca:templatearn': 'arn:aws:acm-pca:::template/EndEntityCertificate/V1' }

const functions = {
  ...functionNames,
  aged: `${stackName}RotateAged`,
  audited: `${stackName}RotateAudited`,
  anomalous: `${stackName}RotateAnomalous`,
} as const
type Word = keyof typeof functions

const all = Object.keys(functions) as Word[]
const but = (...words: Word[]): Word[] => all.filter(word => !words.includes(word))

/** What nobody may do but those who must. */
const notAllowed: readonly [who: readonly Word[], action: string, resource: string][] = [
  [but('create'), 'iot:CreateCertificateFromCsr', '*'],
  [but('create'), 'iot:AttachThingPrincipal', '*'],
  [but('create'), 'iot:AttachPolicy', cert],
  [all, 'iot:AttachPolicy', iot('thinggroup/all')],
  [but('retire'), 'iot:UpdateCertificate', cert],
  [but('retire'), 'iot:DeleteCertificate', cert],
  [but('retire'), 'iot:DetachThingPrincipal', '*'],
  [but('create'), 'iot:Publish', reply('create/accepted')],
  [but('create'), 'iot:Publish', reply('create/rejected')],
  [but('commit'), 'iot:Publish', reply('commit/accepted')],
  [but('commit'), 'iot:Publish', reply('commit/rejected')],
  [all, 'iot:Publish', reply('create')],
  [all, 'iot:Publish', reply('commit')],
  [all, 'iot:Publish', iot('topic/anything')],
  [all, 'iot:Publish', iot('topic/$aws/things/dev1/jobs/1/update')],
  [all, 'iot:RetainPublish', reply('create/accepted')],
  [but('aged', 'audited', 'anomalous'), 'iot:CreateJob', iot(`job/${jobTemplateId}-1`)],
  [all, 'iot:CreateJob', iot('job/of-another-team')],
  [all, 'iot:CreateJob', iot('thinggroup/core-devices')],
  [all, 'iot:CreateJob', iot('jobtemplate/of-another-team')],
  [all, 'iot:CreateJob', iot(`jobtemplate/${jobTemplateId}V2`)],
  [all, 'iot:DescribeJobTemplate', iot('jobtemplate/of-another-team')],
  [but('create', 'commit', 'finish', 'retire', 'sweep'), 'iot:UpdateThingShadow', record],
  [['anomalous'], 'iot:GetThingShadow', record],
  ...['iot:GetThingShadow', 'iot:UpdateThingShadow'].flatMap(action =>
    [thing, iot('thing/dev1/another')].map((shadow): [Word[], string, string] => [all, action, shadow]),
  ),
  [all, 'iotjobsdata:UpdateJobExecution', thing],
  [all, 'lambda:InvokeFunction', `arn:aws:lambda:${region}:${accountId}:function:another`],
  [but('retire'), 'sqs:ReceiveMessage', `arn:aws:sqs:${region}:${accountId}:${functionNames.retire}`],
  [all, 'sqs:PurgeQueue', `arn:aws:sqs:${region}:${accountId}:${functionNames.retire}`],
  [all, 'sqs:SendMessage', `arn:aws:sqs:${region}:${accountId}:another`],
  [
    ['aged', 'audited', 'anomalous'],
    'sqs:SendMessage',
    `arn:aws:sqs:${region}:${accountId}:${functionNames.retire}`,
  ],
  [all, 'sns:Publish', `arn:aws:sns:${region}:${accountId}:another`],
  [
    ['aged', 'audited', 'anomalous'],
    'sns:Publish',
    `arn:aws:sns:${region}:${accountId}:${stackName}Notification`,
  ],
  [all, 'iot:RegisterCertificateWithoutCA', '*'],
  [all, 'acm-pca:IssueCertificate', labAuthorityArn],
  [all, 'acm-pca:RevokeCertificate', labAuthorityArn],
]

/** What no function of this product ever calls, so that no role may allow it. */
const foreign: readonly [action: string, resource: string][] = [
  ['iot:CreateKeysAndCertificate', '*'],
  ['iot:CreatePolicy', iot('policy/p')],
  ['iot:CreatePolicyVersion', iot('policy/p')],
  ['iot:SetDefaultPolicyVersion', iot('policy/p')],
  ['iot:DetachPolicy', cert],
  ['iot:DeletePolicy', iot('policy/p')],
  ['iot:CreateThing', thing],
  ['iot:UpdateThing', thing],
  ['iot:DeleteThing', thing],
  ['iot:DeleteThingShadow', thing],
  ['iot:CancelJob', iot(`job/${jobTemplateId}-1`)],
  ['iot:DeleteJob', iot(`job/${jobTemplateId}-1`)],
  ['iot:DeleteJobTemplate', iot(`jobtemplate/${jobTemplateId}`)],
  ['iot:UpdateEventConfigurations', '*'],
  ['iot:TransferCertificate', cert],
  ['iot:CreateRoleAlias', iot('rolealias/r')],
  ['iot:CreateTopicRule', iot('rule/r')],
  ['iot:Connect', iot('client/dev1')],
  ['lambda:UpdateFunctionCode', `arn:aws:lambda:${region}:${accountId}:function:${functionNames.create}`],
  ['iam:PassRole', `arn:aws:iam::${accountId}:role/of-${functions.create}`],
  ['sts:AssumeRole', `arn:aws:iam::${accountId}:role/of-${functions.create}`],
  ['s3:GetObject', 'arn:aws:s3:::bucket/key'],
  ['kms:Decrypt', `arn:aws:kms:${region}:${accountId}:key/1`],
]

describe('A7: what a role does not allow', () => {
  test.each(notAllowed)('%j may not %s on %s', (who, action, resource) => {
    for (const word of who)
      expect([word, usual.decide(functions[word], action, resource)]).toEqual([word, 'not-allowed'])
  })

  test.each(foreign)('nobody may %s on %s', (action, resource) => {
    for (const word of all)
      expect([word, usual.decide(functions[word], action, resource)]).toEqual([word, 'not-allowed'])
  })

  test('those who must may', () => {
    // Otherwise an engine that allows nothing would pass.
    const everybody = notAllowed.filter(([who]) => who.length < all.length && who.length > 3)
    for (const [who, action, resource] of everybody)
      for (const word of but(...who))
        expect([word, usual.decide(functions[word], action, resource)]).toEqual([word, 'allowed'])
    expect(everybody.length).toBeGreaterThan(8)
  })
})

describe('A7: with a private authority', () => {
  const may = (word: Word, action: string, resource: string, context = {}) =>
    byAuthority.decide(functions[word], action, resource, context)

  test('a certificate comes from that authority, and from AWS IoT none', () => {
    expect(may('create', 'acm-pca:IssueCertificate', labAuthorityArn, template)).toBe('allowed')
    expect(may('create', 'acm-pca:IssueCertificate', `${labAuthorityArn}2`, template)).toBe('not-allowed')
    expect(may('create', 'iot:CreateCertificateFromCsr', '*')).toBe('not-allowed')
    expect(may('create', 'acm-pca:RevokeCertificate', labAuthorityArn)).toBe('not-allowed')
  })

  test.each([
    'SubordinateCACertificate_PathLen0/V1',
    'RootCACertificate/V1',
    'BlankEndEntityCertificate_APIPassthrough/V1',
  ])('none is made from the template %s', name => {
    const context = { 'acm-pca:templatearn': `arn:aws:acm-pca:::template/${name}` }
    expect(may('create', 'acm-pca:IssueCertificate', labAuthorityArn, context)).toBe('not-allowed')
  })

  test('what retires certificates may revoke them, and make none', () => {
    expect(may('retire', 'acm-pca:RevokeCertificate', labAuthorityArn)).toBe('allowed')
    expect(may('retire', 'acm-pca:IssueCertificate', labAuthorityArn, template)).toBe('not-allowed')
    for (const word of ['commit', 'finish', 'sweep'] as const)
      expect(may(word, 'acm-pca:RevokeCertificate', labAuthorityArn)).toBe('not-allowed')
  })
})

describe.each<[string, SynthesizedRoles]>([
  ['the usual template', usual],
  ['the template with a private authority', byAuthority],
])('A7: in %s', (_, synthesizedOnes) => {
  const statements = [...synthesizedOnes.statements].flatMap(([name, ofRole]) =>
    ofRole.map(statement => ({ name, statement })),
  )

  test('every statement allows actions by their whole names', () => {
    const vague = statements.filter(
      ({ statement: { effect, actions } }) =>
        effect !== 'Allow' || actions.isNot || actions.patterns.some(action => /[*?]/.test(action)),
    )
    expect(vague).toEqual([])
  })

  test('every statement names resources where the action knows any', () => {
    const withoutResource = new Set(
      Object.entries(iotResources)
        .filter(([, forms]) => forms.length === 0)
        .map(([name]) => `iot:${name.toLowerCase()}`),
    )
    const wide = statements.flatMap(({ name, statement: { actions, resources } }) =>
      resources.isNot || resources.patterns.includes('*')
        ? actions.patterns.filter(action => !withoutResource.has(action)).map(action => `${name} ${action}`)
        : [],
    )
    expect(wide).toEqual([])
  })
})
