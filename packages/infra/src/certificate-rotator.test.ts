import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { describe, expect, test } from 'vitest'
import { CertificateRotator, type CertificateRotatorProps } from './certificate-rotator.ts'
import { OwnStack } from './examples/own-stack.ts'
import { withEmptyBundles } from './testing/empty-bundles.ts'
import { roleOfFunction } from './testing/role-of.ts'
import { rightsOf } from './testing/role-rights.ts'

const prefix = 'AWSLabsCertificateRotator'
const topicArn = 'arn:aws:sns:eu-west-1:123456789012:ours'
const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`

/** The template of a stack of somebody's own with the construct in it. */
function withRotator(propsIn: (stack: Stack) => Partial<CertificateRotatorProps>): Template {
  return withEmptyBundles(bundles => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Ours')
    new CertificateRotator(stack, 'Rotator', { bundles, ...propsIn(stack) })
    return Template.fromStack(stack)
  })
}

const own = (stack: Stack, name: string) => LambdaFunction.fromFunctionArn(stack, name, functionArn(name))

const policiesOf = (
  template: Template,
  word: string,
): { PolicyDocument: { Statement: { Action: string | string[] }[] } }[] =>
  template.findResources('AWS::IAM::Role')[roleOfFunction(template, `${prefix}${word}`)]?.Properties.Policies

const actionsOf = (template: Template, word: string): string[] =>
  policiesOf(template, word)
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action }) => Action)

describe('the construct in a stack of one’s own', () => {
  test('makes what devices look for by name, and needs nothing but the bundles', () => {
    const template = withRotator(() => ({}))
    for (const word of ['CreateCertificate', 'CommitCertificate', 'JobExecutionTerminal'])
      template.hasResourceProperties('AWS::IoT::TopicRule', { RuleName: `${prefix}${word}` })
    template.hasResourceProperties('AWS::IoT::JobTemplate', { JobTemplateId: prefix })
    template.hasResourceProperties('AWS::SNS::Topic', { TopicName: `${prefix}Notification` })
  })

  test('takes settings, and defaults for the others', () => {
    const template = withRotator(() => ({ settings: { retireHoldSeconds: 5 } }))
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ RETIRE_HOLD_SECONDS: '5', RETIRE_DELAY_SECONDS: '600' }) },
    })
  })

  test('issues by a function of one’s own, and by nothing else', () => {
    const template = withRotator(stack => ({ issuer: own(stack, 'authority') }))
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: `${prefix}CreateCertificate`,
      Environment: { Variables: Match.objectLike({ ISSUER_FUNCTION_ARN: functionArn('authority') }) },
    })
    expect(rightsOf(template, roleOfFunction(template, `${prefix}CreateCertificate`))).toMatchObject({
      'lambda:InvokeFunction': functionArn('authority'),
    })
    const actions = actionsOf(template, 'CreateCertificate')
    expect(actions).toContain('iot:RegisterCertificateWithoutCA')
    expect(actions).not.toContain('iot:CreateCertificateFromCsr')
  })

  test('asks a check of one’s own beside whoever issues', () => {
    const actions = actionsOf(
      withRotator(stack => ({ check: own(stack, 'check') })),
      'CreateCertificate',
    )
    expect(actions).toEqual(expect.arrayContaining(['lambda:InvokeFunction', 'iot:CreateCertificateFromCsr']))
    expect(
      actionsOf(
        withRotator(() => ({})),
        'CreateCertificate',
      ),
    ).not.toContain('lambda:InvokeFunction')
  })

  test('tells on a topic of one’s own and makes none', () => {
    const template = withRotator(stack => ({
      notificationTopic: Topic.fromTopicArn(stack, 'Ours', topicArn),
    }))
    expect(
      template.findResources('AWS::SNS::Topic', { Properties: { TopicName: `${prefix}Notification` } }),
    ).toEqual({})
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ NOTIFICATION_TOPIC_ARN: topicArn }) },
    })
  })

  test('refuses two issuers at once', () => {
    const privateCa = {
      id: '12345678-1234-1234-1234-1234567890ab',
      validityDays: 7,
      signingAlgorithm: 'SHA256WITHRSA',
      revokeOnRetirement: false,
    } as const
    expect(() => withRotator(stack => ({ issuer: own(stack, 'a'), settings: { privateCa } }))).toThrow(
      /can have one issuer/u,
    )
  })
})

/** The stack of somebody who makes a call of an SDK at deployment, before the construct or after it. */
const besideOwnCall = (when: 'before' | 'after'): Template =>
  withEmptyBundles(bundles => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Ours')
    const call = () =>
      new AwsCustomResource(stack, 'Theirs', {
        installLatestAwsSdk: false,
        policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['*'] }),
        onUpdate: {
          service: 'S3',
          action: 'putObject',
          parameters: {},
          physicalResourceId: PhysicalResourceId.of('theirs'),
        },
      })
    if (when === 'before') call()
    new CertificateRotator(stack, 'Rotator', { bundles })
    if (when === 'after') call()
    return Template.fromStack(stack)
  })

describe.each(['before', 'after'] as const)('a call at deployment that the stack makes %s', when => {
  const template = besideOwnCall(when)
  const idOf = (type: string, properties: object): string =>
    Object.keys(template.findResources(type, { Properties: properties })).join()
  const role = roleOfFunction(template, `${prefix}CustomResourceJobExecutionEvents`)

  test('leaves ours to a function of our own, in its own role', () => {
    const ours = idOf('AWS::Lambda::Function', {
      FunctionName: `${prefix}CustomResourceJobExecutionEvents`,
      Role: { 'Fn::GetAtt': [role, 'Arn'] },
    })
    const calls = Object.values(template.findResources('Custom::AWS')).map(({ Properties }) => ({
      isOurs: !String(Properties.Create).includes('putObject'),
      token: Properties.ServiceToken['Fn::GetAtt'][0],
    }))
    expect(calls).toHaveLength(3)
    for (const { isOurs, token } of calls) expect(token === ours).toBe(isOurs)
  })

  test('gives nothing to our role', () => {
    const allowed = Object.values(template.findResources('AWS::IAM::Policy'))
      .filter(policy => JSON.stringify(policy).includes('"s3:PutObject"'))
      .flatMap(({ Properties }) => Properties.Roles)
    expect(allowed).toHaveLength(1)
    expect(allowed).not.toContainEqual({ Ref: role })
  })
})

test('the example of the documentation synthesizes', () => {
  const template = withEmptyBundles((bundles, directory) => {
    const ownCode = join(directory, 'own')
    mkdirSync(ownCode)
    for (const name of ['issuer', 'check']) writeFileSync(join(ownCode, `${name}.mjs`), '')
    return Template.fromStack(
      new OwnStack(new App({ analyticsReporting: false }), 'Example', { bundles, ownCode }),
    )
  })
  template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'on-duty@example.com' })
  expect(
    actionsOf(template, 'CreateCertificate').filter(action => action === 'lambda:InvokeFunction'),
  ).toHaveLength(2)
})
