import type { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { synthesized } from './testing/synthesized.ts'
import { pipelineContext, synthesizedPipeline } from './testing/synthesized-pipeline.ts'

/** What has its name in a whole account, or in all of AWS, and the property that gives it. */
const accountWide: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  // Part of its roles: other roles may have one of the same name.
  'AWS::IAM::Policy': '',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::S3::BucketPolicy': '',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
}

/** Services, and types of others, whose names are a region's. */
const regional =
  /^AWS::(?:CloudWatch::Alarm|CodeBuild|CodePipeline|Events|IoT|KMS|Lambda|Logs|Scheduler|SNS|SQS)\b|^Custom::AWS$/u

const topic = (name: string) => `arn:aws:sns:eu-west-1:123456789012:${name}`
const everything = {
  PcaCaId: '12345678-1234-1234-1234-1234567890ab',
  PcaRevokeOnRetirement: true,
  TriggerThingGroup: 'cores',
  TriggerAfterDays: 365,
  TriggerAuditTopicArn: topic('audits'),
  TriggerAnomalyTopicArn: topic('anomalies'),
}

const resourcesOf = (template: Template): [id: string, resource: { Type: string; Properties: object }][] =>
  Object.entries(template.toJSON().Resources)

/** Names that are the same in every region. */
const fixedNames = (template: Template): unknown[] =>
  resourcesOf(template)
    .map(([, { Type, Properties }]) => Object.entries(Properties).find(([key]) => key === accountWide[Type]))
    .flatMap(named => (named === undefined ? [] : [named[1]]))
    .filter(name => !JSON.stringify(name).includes('{"Ref":"AWS::Region"}'))

const templates: readonly [string, Template][] = [
  ['the backend', synthesized().template],
  ['the backend with triggers and AWS Private CA', synthesized(everything).template],
  ['the pipeline', synthesizedPipeline(pipelineContext).template],
]

test.each(templates)(
  '%s gives no fixed name to what is global in an account: other regions have it too',
  (_, template) => {
    expect(fixedNames(template)).toEqual([])
  },
)

test('an upgrade in place keeps the names of version 1’s roles, and gives no other one', () => {
  expect(fixedNames(synthesized({ ...everything, UpgradeFromV1: true }).template)).toEqual(
    [
      'CustomResourceJobExecutionEvents',
      'CreateCertificate',
      'CommitCertificate',
      'JobExecutionTerminal',
    ].map(word => `AWSLabsCertificateRotator${word}Role`),
  )
})

test.each(templates)(
  'of every resource of %s it is known whether its name is the account’s or a region’s',
  (_, template) => {
    const types = resourcesOf(template).map(([, { Type }]) => Type)
    expect(types).toContain('AWS::IAM::Role')
    expect(types.filter(type => !(type in accountWide) && !regional.test(type))).toEqual([])
  },
)
