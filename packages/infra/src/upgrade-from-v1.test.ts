import { describe, expect, test } from 'vitest'
import { synthesized } from './testing/synthesized.ts'

test('an upgrade in place leaves version 1’s job template as it was and puts ours beside it', () => {
  const { template } = synthesized({ UpgradeFromV1: 'true' })
  const templates = template.findResources('AWS::IoT::JobTemplate')
  expect(templates).toEqual({
    AWSLabsCertificateRotatorJobTemplate: {
      Type: 'AWS::IoT::JobTemplate',
      Properties: {
        JobTemplateId: 'AWSLabsCertificateRotator',
        Description: 'Template for creating device certificate rotation jobs',
        Document: '{"operation":"ROTATE_CERTIFICATE"}',
        JobExecutionsRolloutConfig: {
          MaximumPerMinute: 100,
          ExponentialRolloutRate: {
            BaseRatePerMinute: 100,
            IncrementFactor: 1.2,
            RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
          },
        },
        TimeoutConfig: { InProgressTimeoutInMinutes: 5 },
      },
    },
    AWSLabsCertificateRotatorJobTemplateV2: {
      Type: 'AWS::IoT::JobTemplate',
      Properties: expect.objectContaining({
        JobTemplateId: 'AWSLabsCertificateRotatorV2',
        TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
      }),
    },
  })
})

test('nor does a pace that is chosen change either: it makes a third template', () => {
  const resources = (context: object) =>
    synthesized({ UpgradeFromV1: 'true', ...context }).template.findResources('AWS::IoT::JobTemplate')
  const paced = resources({ RotationsPerMinute: 240 })
  expect(paced).toMatchObject(resources({}))
  expect(Object.values(paced).map(({ Properties }) => Properties.JobTemplateId)).toEqual([
    'AWSLabsCertificateRotator',
    'AWSLabsCertificateRotatorV2',
    'AWSLabsCertificateRotator-240PerMinute',
  ])
})

const name = (word: string) => `AWSLabsCertificateRotator${word}`
const logGroup = (word: string) => ({ LogGroupName: `/aws/lambda/${name(word)}` })

/** Version 1's resources as its stack deploys them: type, logical id, physical name. */
const version1: readonly [string, string, Record<string, unknown>][] = [
  ['Lambda::Function', name('CreateCertificateLambda67D1E14D'), { FunctionName: name('CreateCertificate') }],
  ['Lambda::Function', name('CommitCertificateLambda2896EB9F'), { FunctionName: name('CommitCertificate') }],
  [
    'Lambda::Function',
    name('JobExecutionTerminalLambdaA1DB429B'),
    { FunctionName: name('JobExecutionTerminal') },
  ],
  [
    'Lambda::Function',
    'AWS679f53fac002430cb0da5b7982bd22872D164C4C',
    { FunctionName: name('CustomResourceJobExecutionEvents') },
  ],
  ...(
    [
      ['CreateCertificateLambda67D1E14D', 'CreateCertificateLambdaEventInvokeConfig8F2CF0B3'],
      ['CommitCertificateLambda2896EB9F', 'CommitCertificateLambdaEventInvokeConfig552266EA'],
      ['JobExecutionTerminalLambdaA1DB429B', 'JobExecutionTerminalLambdaEventInvokeConfig59458DE5'],
    ] as const
  ).map(([of, logicalId]): (typeof version1)[number] => [
    'Lambda::EventInvokeConfig',
    name(logicalId),
    { FunctionName: { Ref: name(of) } },
  ]),
  ['IAM::Role', name('CreateCertificateRoleB6DE632B'), { RoleName: name('CreateCertificateRole') }],
  ['IAM::Role', name('CommitCertificateRole1E27754D'), { RoleName: name('CommitCertificateRole') }],
  ['IAM::Role', name('JobExecutionTerminalRoleF9A56972'), { RoleName: name('JobExecutionTerminalRole') }],
  [
    'IAM::Role',
    name('CustomResourceJobExecutionEventsRole15C9E106'),
    { RoleName: name('CustomResourceJobExecutionEventsRole') },
  ],
  ['Logs::LogGroup', name('CreateCertificateLambdaLogGroup30691697'), logGroup('CreateCertificate')],
  ['Logs::LogGroup', name('CommitCertificateLambdaLogGroup3260F013'), logGroup('CommitCertificate')],
  ['Logs::LogGroup', name('JobExecutionTerminalLambdaLogGroup0B6C173E'), logGroup('JobExecutionTerminal')],
  [
    'Logs::LogGroup',
    'AWS679f53fac002430cb0da5b7982bd2287LogGroup449FB7C2',
    logGroup('CustomResourceJobExecutionEvents'),
  ],
  ['IoT::TopicRule', name('CreateCertificateRule'), { RuleName: name('CreateCertificate') }],
  ['IoT::TopicRule', name('CommitCertificateRule'), { RuleName: name('CommitCertificate') }],
  ['IoT::TopicRule', name('JobExecutionTerminalRule'), { RuleName: name('JobExecutionTerminal') }],
  ['IoT::JobTemplate', name('JobTemplate'), { JobTemplateId: name('') }],
  ['SNS::Topic', name('SNSTopic015AAC82'), { TopicName: name('Notification') }],
  ['SNS::TopicPolicy', name('SNSTopicPolicy64B50166'), {}],
]

describe('what version 1 deployed is updated, not made beside it', () => {
  const { template } = synthesized({ UpgradeFromV1: true })
  const resources: Record<string, { Type: string; Properties: object }> = template.toJSON().Resources

  test.each(version1)('%s %s', (type, logicalId, properties) => {
    expect(resources[logicalId]).toMatchObject({ Type: `AWS::${type}`, Properties: properties })
  })

  test('Custom::AWS, that switches job events on', () => {
    expect(resources[name('CustomResourceJobExecutionEventsAF106546')]).toMatchObject({ Type: 'Custom::AWS' })
  })

  test('and nothing else has a name of one of these', () => {
    const text = (value: unknown) => JSON.stringify(value)
    const physical = version1.flatMap(([, , properties]) => Object.values(properties)).map(text)
    const ids = new Set(version1.map(([, logicalId]) => logicalId))
    const beside = Object.entries(resources)
      .filter(([logicalId]) => !ids.has(logicalId))
      .filter(([, { Type }]) => version1.some(([type]) => `AWS::${type}` === Type))
      .flatMap(([, { Properties }]) => Object.values(Properties))
    expect(beside.map(text).filter(value => physical.includes(value))).toEqual([])
  })
})
