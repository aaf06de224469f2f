import { describe, expect, test } from 'vitest'
import { defaultAccount } from '../../account.ts'
import type { ObservedCall } from '../../api/call-hooks.ts'
import { askedRights } from './asked-rights.ts'

const call = (service: string, name: string, more: Partial<ObservedCall> = {}): ObservedCall => ({
  service,
  name,
  caller: {},
  params: {},
  query: new URLSearchParams(),
  headers: {},
  input: {},
  ...more,
})
const rights = (observed: ObservedCall) =>
  askedRights(defaultAccount, observed).map(({ action, resources }) => [action, ...resources])
const iot = (resource: string): string => `arn:aws:iot:us-east-1:123456789012:${resource}`

describe('AWS asks for', () => {
  test.each<[ObservedCall, string[][]]>([
    [call('iot', 'ListThings'), [['iot:ListThings', '*']]],
    [
      call('iot', 'UpdateCertificate', { params: { certificateId: 'c' } }),
      [['iot:UpdateCertificate', iot('cert/c')]],
    ],
    [
      call('iot', 'AttachPolicy', { params: { policyName: 'p' }, input: { target: iot('cert/c') } }),
      [['iot:AttachPolicy', iot('cert/c')]],
    ],
    [
      call('iot', 'AttachPrincipalPolicy', { headers: { 'x-amzn-iot-principal': iot('cert/c') } }),
      [['iot:AttachPrincipalPolicy', iot('cert/c')]],
    ],
    [
      call('iot', 'CreateJob', {
        params: { jobId: 'j' },
        input: { targets: [iot('thing/a'), iot('thinggroup/g')], jobTemplateArn: iot('jobtemplate/t') },
      }),
      [['iot:CreateJob', iot('job/j'), iot('thing/a'), iot('thinggroup/g'), iot('jobtemplate/t')]],
    ],
    [
      call('iot', 'DescribeJobExecution', { params: { jobId: 'j', thingName: 't' } }),
      [['iot:DescribeJobExecution', iot('job/j'), iot('thing/t')]],
    ],
    [
      call('iot-jobs-data', 'DescribeJobExecution', { params: { jobId: 'j', thingName: 't' } }),
      [['iotjobsdata:DescribeJobExecution', iot('thing/t')]],
    ],
    [
      call('iotdata', 'GetThingShadow', { params: { thingName: 't' }, query: new URLSearchParams('name=n') }),
      [['iot:GetThingShadow', iot('thing/t/n')]],
    ],
    [
      call('iotdata', 'Publish', { params: { topic: 'a/b' }, query: new URLSearchParams('retain=true') }),
      [
        ['iot:Publish', iot('topic/a/b')],
        ['iot:RetainPublish', iot('topic/a/b')],
      ],
    ],
    [
      call('lambda', 'Invoke', { params: { FunctionName: 'arn:aws:lambda:r:1:function:f' } }),
      [['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:123456789012:function:f']],
    ],
    [
      call('sns', 'Publish', { input: { TargetArn: 'arn:aws:sns:r:1:t' } }),
      [['sns:Publish', 'arn:aws:sns:r:1:t']],
    ],
    [
      call('sqs', 'SendMessageBatch', { input: { QueueUrl: 'http://x/123456789012/q' } }),
      [['sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q']],
    ],
  ])('%j', (observed, expected) => {
    expect(rights(observed)).toEqual(expected)
  })

  test('the template of a certificate, which is that of end entities where none is said', () => {
    const CertificateAuthorityArn = 'arn:aws:acm-pca:r:1:certificate-authority/x'
    const contextOf = (input: object) =>
      askedRights(
        defaultAccount,
        call('acm-pca', 'IssueCertificate', { input: { CertificateAuthorityArn, ...input } }),
      )
    const key = 'acm-pca:templatearn'
    expect(contextOf({})).toMatchObject([
      {
        resources: [CertificateAuthorityArn],
        context: { [key]: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1' },
      },
    ])
    const TemplateArn = 'arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1'
    expect(contextOf({ TemplateArn })).toMatchObject([{ context: { [key]: TemplateArn } }])
  })

  test('more than this cloud knows: then no role may call it', () => {
    expect(() => rights(call('iot', 'CreateProvisioningClaim'))).toThrow(
      'This cloud does not know what iot asks for CreateProvisioningClaim: no role may call it.',
    )
    expect(() => rights(call('ec2', 'RunInstances'))).toThrow(/no role may call it/)
  })
})
