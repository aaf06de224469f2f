import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { roleOf, roleOfFunction } from '../testing/role-of.ts'
import { rightsOf } from '../testing/role-rights.ts'
import { synthesized } from '../testing/synthesized.ts'

const topics = {
  TriggerAuditTopicArn: 'arn:aws:sns:eu-west-1:123456789012:audits',
  TriggerAnomalyTopicArn: 'arn:aws:sns:eu-west-1:123456789012:anomalies',
}
const context = {
  TriggerThingGroup: 'cores',
  TriggerAfterDays: 365,
  TriggerSchedule: 'rate(6 hours)',
  ...topics,
}
const { template, objections } = synthesized(context, { validate: true })
const name = (word: string) => `AWSLabsCertificateRotator${word}`
const idOf = (type: string, properties: object): string =>
  Object.keys(template.findResources(type, { Properties: properties }))[0] ?? ''
const functionArn = (word: string) => ({
  'Fn::GetAtt': [idOf('AWS::Lambda::Function', { FunctionName: name(word) }), 'Arn'],
})

const failedEventsArn = {
  'Fn::GetAtt': [idOf('AWS::SQS::Queue', { QueueName: name('FailedEvents') }), 'Arn'],
}

const actionsOf = (word: string): string[] =>
  Object.keys(rightsOf(template, roleOfFunction(template, name(word))))

describe('triggers', () => {
  test('are not there unless they are chosen', () => {
    const plain = synthesized()
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::SNS::Subscription'])
      plain.template.resourceCountIs(type, 0)
    for (const word of ['RotateAged', 'RotateAudited', 'RotateAnomalous'])
      expect(
        plain.template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name(word) } }),
      ).toEqual({})
  })

  test('CloudFormation’s own validation has nothing against them', () => {
    expect(objections).toEqual([])
  })

  test('each comes alone', () => {
    const group = { TriggerThingGroup: 'cores' }
    const { TriggerAuditTopicArn } = topics
    const audited = synthesized({ ...group, TriggerAuditTopicArn }).template
    const count = (of: typeof audited, type: string) => Object.keys(of.findResources(type)).length
    expect(count(audited, 'AWS::Scheduler::Schedule')).toBe(0)
    expect(count(audited, 'AWS::SNS::Subscription')).toBe(1)
    const aged = synthesized({ ...group, TriggerAfterDays: 365 }).template
    expect(count(aged, 'AWS::SNS::Subscription')).toBe(0)
    aged.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 day)' })
  })

  test('by age: the schedule invokes the function with the time that its run was due', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: name('RotateAged'),
      ScheduleExpression: 'rate(6 hours)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: functionArn('RotateAged'),
        RoleArn: Match.anyValue(),
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: failedEventsArn },
      },
    })
    const role = roleOf(template, 'AWS::Scheduler::Schedule', { Target: { RoleArn: Match.anyValue() } })
    expect(rightsOf(template, role)).toEqual({
      'lambda:InvokeFunction': functionArn('RotateAged'),
      'sqs:SendMessage': failedEventsArn,
    })
  })

  test.each([
    ['RotateAudited', topics.TriggerAuditTopicArn],
    ['RotateAnomalous', topics.TriggerAnomalyTopicArn],
  ])('%s is subscribed to its topic, and nothing but that may invoke it', (word, TopicArn) => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      TopicArn,
      Protocol: 'lambda',
      Endpoint: functionArn(word),
      RedrivePolicy: { deadLetterTargetArn: failedEventsArn },
    })
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: failedEventsArn,
            Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
          },
        ]),
      }),
    })
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: { FunctionName: functionArn(word) },
    })
    expect(Object.values(permissions).map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ Principal: 'sns.amazonaws.com', SourceArn: TopicArn }),
    ])
  })

  test.each(['RotateAged', 'RotateAudited', 'RotateAnomalous'])(
    '%s rotates the group from the template, and what it fails is kept',
    word => {
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: name(word),
        RecursiveLoop: { 'Fn::If': [Match.anyValue(), 'Allow', { Ref: 'AWS::NoValue' }] },
        Timeout: 900,
        ReservedConcurrentExecutions: 1,
        Environment: {
          Variables: Match.objectLike({ ROTATED_THING_GROUP: 'cores', OWN_FUNCTION_NAME: name(word) }),
        },
      })
      const functionName = { Ref: idOf('AWS::Lambda::Function', { FunctionName: name(word) }) }
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: functionName,
        MaximumRetryAttempts: 2,
        DestinationConfig: Match.objectLike({ OnFailure: Match.anyValue() }),
      })
      const templateArns = (of: ReturnType<typeof synthesized>['template']) =>
        JSON.stringify(
          of.findResources('AWS::Lambda::Function', { Properties: { FunctionName: name(word) } }),
        )
      expect(templateArns(template)).toContain(':jobtemplate/AWSLabsCertificateRotator"')
      expect(templateArns(synthesized({ ...context, UpgradeFromV1: true }).template)).toContain(
        ':jobtemplate/AWSLabsCertificateRotatorV2"',
      )
      const slow = synthesized({ ...context, RotationsPerMinute: 240 }).template
      const paced = ':jobtemplate/AWSLabsCertificateRotator-240PerMinute"'
      expect(templateArns(slow)).toContain(paced)
      expect(JSON.stringify(rightsOf(slow, roleOfFunction(slow, name(word))))).toContain(paced)
    },
  )

  test.each([
    ['RotateAged', 'rotate-aged'],
    ['RotateAudited', 'rotate-audited'],
    ['RotateAnomalous', 'rotate-anomalous'],
  ])('operators are told once where %s is held', (word, service) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `${name(word)}Held`,
      MetricName: 'rotations-held',
      Namespace: 'AWSLabsCertificateRotator',
      Dimensions: [{ Name: 'service', Value: service }],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 3_600,
      EvaluationPeriods: 24,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: idOf('AWS::SNS::Topic', { TopicName: name('Alarm') }) }],
    })
  })

  test('reserve no concurrency but for themselves', () => {
    expect(
      Object.keys(
        template.findResources('AWS::Lambda::Function', { Properties: { ReservedConcurrentExecutions: 1 } }),
      ),
    ).toHaveLength(3)
  })

  test('may make jobs of their own ids alone, and change nothing else in AWS IoT', () => {
    for (const word of ['RotateAged', 'RotateAudited', 'RotateAnomalous']) {
      const changing = actionsOf(word).filter(
        action => !/:(?:List|Get|Describe|InvokeFunction)/u.test(action),
      )
      expect(new Set(changing)).toEqual(
        new Set(['iot:CreateJob', 'logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage']),
      )
    }
    const text = JSON.stringify(template.findResources('AWS::IAM::Role'))
    expect(text).toContain(':job/AWSLabsCertificateRotator-*')
    expect(actionsOf('RotateAnomalous')).not.toContain('lambda:InvokeFunction')
  })
})
