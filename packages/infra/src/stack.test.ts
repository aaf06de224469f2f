import { metricNamespace } from '@rotator/backend/metric-names'
import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { roleOfFunction } from './testing/role-of.ts'
import { synthesized } from './testing/synthesized.ts'

const context = { RetireDelayInSeconds: 0, RetireHoldInSeconds: 0 }
const { template, objections } = synthesized(context, { validate: true })
const name = (word: string) => `AWSLabsCertificateRotator${word}`
const resources: Record<string, { Type: string; Properties: Record<string, unknown> }> =
  template.toJSON().Resources

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: unknown
}

function statementsOf(roleLogicalId: string): Statement[] {
  const role = resources[roleLogicalId]?.Properties as {
    Policies?: { PolicyDocument: { Statement: Statement[] } }[]
  }
  return (role.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

const idOf = (type: string, properties: object): string =>
  Object.keys(template.findResources(type, { Properties: properties }))[0] ?? ''
const sweepId = idOf('AWS::Lambda::Function', { FunctionName: name('Sweep') })
const failedEventsId = idOf('AWS::SQS::Queue', { QueueName: name('FailedEvents') })
const alarmTopic = { Ref: idOf('AWS::SNS::Topic', { TopicName: name('Alarm') }) }
const keyId = idOf('AWS::KMS::Key', {})
const scheduleId = idOf('AWS::Events::Rule', { Name: name('Sweep') })

test('CloudFormation’s own validation has nothing against the template', () => {
  expect(objections).toEqual([])
})

describe('the functions', () => {
  test('run on Node 24 and arm64 and know where everything is', () => {
    for (const word of [
      'CreateCertificate',
      'CommitCertificate',
      'JobExecutionTerminal',
      'RetireCertificate',
      'Sweep',
    ]) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: name(word),
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Environment: {
          Variables: {
            IOT_DATA_ENDPOINT: { 'Fn::GetAtt': [Match.anyValue(), 'endpointAddress'] },
            CERTIFICATE_ARN_PREFIX: Match.anyValue(),
            NOTIFICATION_TOPIC_ARN: { Ref: name('SNSTopic015AAC82') },
            RETIRE_QUEUE_URL: Match.anyValue(),
            RETIRE_DELAY_SECONDS: '0',
            RETIRE_HOLD_SECONDS: '0',
            PCA_CA_ARN: '',
            PCA_VALIDITY_IN_DAYS: '7',
            PCA_SIGNING_ALGORITHM: 'SHA256WITHRSA',
            PCA_REVOKE_ON_RETIREMENT: 'false',
            ISSUER_FUNCTION_ARN: '',
            CHECK_FUNCTION_ARN: '',
            JOB_TEMPLATE_ID: name(''),
            SWEEP_FUNCTION_NAME: name('Sweep'),
            SWEEP_EVERY_SECONDS: '900',
            SWEEP_ROUND_SECONDS: '86400',
            SWEEP_GRACE_SECONDS: '300',
          },
        },
      })
    }
  })

  test('keep their logs for two years and beyond the stack, unless its first deployment fails', () => {
    const groups = template.findResources('AWS::Logs::LogGroup', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    })
    expect(Object.values(groups).map(({ Properties }) => Properties.RetentionInDays)).toEqual(
      Array(6).fill(731),
    )
  })

  test('try an event three times and keep what fails', () => {
    template.resourcePropertiesCountIs(
      'AWS::Lambda::EventInvokeConfig',
      {
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 21_600,
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('FailedEvents'), 'Arn'] } },
        },
      },
      4,
    )
  })

  test('that cause themselves to be invoked again are not stopped for it', () => {
    const allowed = Object.values(template.findResources('AWS::Lambda::Function'))
      .filter(({ Properties }) => Properties.RecursiveLoop?.['Fn::If']?.[1] === 'Allow')
      .map(({ Properties }) => Properties.FunctionName)
    expect(allowed).toEqual([name('RetireCertificate'), name('Sweep')])
  })

  test('are invoked by their rule alone', () => {
    for (const [word, rule] of [
      ['CreateCertificateLambda67D1E14D', 'CreateCertificateRule'],
      ['CommitCertificateLambda2896EB9F', 'CommitCertificateRule'],
      ['JobExecutionTerminalLambdaA1DB429B', 'JobExecutionTerminalRule'],
    ]) {
      template.hasResourceProperties('AWS::Lambda::Permission', {
        FunctionName: { 'Fn::GetAtt': [name(word ?? ''), 'Arn'] },
        Principal: 'iot.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: { 'Fn::GetAtt': [name(rule ?? ''), 'Arn'] },
      })
    }
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [sweepId, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [scheduleId, 'Arn'] },
    })
    template.resourceCountIs('AWS::Lambda::Permission', 4)
  })
})

describe('the rules', () => {
  test.each([
    ['CreateCertificate', 'create'],
    ['CommitCertificate', 'commit'],
  ])('%s tells who asks beside what is asked', (word, request) => {
    template.hasResourceProperties('AWS::IoT::TopicRule', {
      RuleName: name(word),
      TopicRulePayload: {
        AwsIotSqlVersion: '2016-03-23',
        Sql: `SELECT *, topic(3) AS thingName, topic() as topic, clientid() AS clientId, principal() AS principal, timestamp() AS receivedAtMs FROM 'awslabs/things/+/certificate/${request}'`,
        Actions: [{ Lambda: { FunctionArn: Match.anyValue() } }],
        ErrorAction: { Sqs: Match.objectLike({ UseBase64: false }) },
      },
    })
  })

  test('JobExecutionTerminal selects the executions of every version of the component', () => {
    template.hasResourceProperties('AWS::IoT::TopicRule', {
      RuleName: name('JobExecutionTerminal'),
      TopicRulePayload: Match.objectLike({
        Sql: "SELECT * FROM '$aws/events/jobExecution/#' WHERE isUndefined(statusDetails.CertificateRotator) = false OR isUndefined(statusDetails.certificateRotationProgress) = false",
      }),
    })
  })
})

describe('the job template', () => {
  test('has the document that version 1 compares byte for byte, a pace and a time', () => {
    template.resourceCountIs('AWS::IoT::JobTemplate', 1)
    template.hasResourceProperties('AWS::IoT::JobTemplate', {
      Document: '{"operation":"ROTATE_CERTIFICATE"}',
      JobExecutionsRolloutConfig: {
        MaximumPerMinute: 450,
        ExponentialRolloutRate: {
          BaseRatePerMinute: 100,
          IncrementFactor: 1.5,
          RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
        },
      },
      TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
    })
  })

  test.each([
    [1_000, 100],
    [100, 100],
    [6, 6],
  ])('begins with %d a minute where that is chosen, and with %d at first', (perMinute, atFirst) => {
    const paced = synthesized({ RotationsPerMinute: perMinute }).template
    const templates = Object.values(paced.findResources('AWS::IoT::JobTemplate'))
    expect(templates.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({
        JobTemplateId: name(`-${perMinute}PerMinute`),
        JobExecutionsRolloutConfig: {
          MaximumPerMinute: perMinute,
          ExponentialRolloutRate: {
            BaseRatePerMinute: atFirst,
            IncrementFactor: 1.5,
            RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
          },
        },
        TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
        AbortConfig: expect.anything(),
      }),
    )
  })

  test('keeps its name and its pace beside one that is chosen, and the sweep asks it since when there is a backend', () => {
    const templates = (of: typeof template) => of.findResources('AWS::IoT::JobTemplate')
    const paced = synthesized({ RotationsPerMinute: 240 }).template
    // AWS makes another template for any change, and refuses one with the name of the last.
    expect(templates(paced)).toMatchObject(templates(template))
    expect(Object.keys(templates(paced))).toHaveLength(2)
    paced.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: name('Sweep'),
      Environment: { Variables: Match.objectLike({ JOB_TEMPLATE_ID: name('') }) },
    })
  })

  test('tries again what ran out of time, and begins no more where a fifth goes wrong', () => {
    template.hasResourceProperties('AWS::IoT::JobTemplate', {
      JobExecutionsRetryConfig: { RetryCriteriaList: [{ FailureType: 'TIMED_OUT', NumberOfRetries: 2 }] },
      AbortConfig: {
        CriteriaList: [
          { Action: 'CANCEL', FailureType: 'ALL', MinNumberOfExecutedThings: 20, ThresholdPercentage: 20 },
        ],
      },
    })
  })
})

describe('the queue of certificates to retire', () => {
  test('is drained two batches at a time and gives up after five tries', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    })
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: name('RetireCertificate'),
      VisibilityTimeout: 360,
      RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
    })
  })

  test('C1: what fails for good raises an alarm, in both queues that keep it', () => {
    template.resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 },
      2,
    )
  })

  test('raises an alarm where certificates wait for hours in it, which no hold makes them do', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: name('RetireCertificateLate'),
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [
        {
          Name: 'QueueName',
          Value: {
            'Fn::GetAtt': [idOf('AWS::SQS::Queue', { QueueName: name('RetireCertificate') }), 'QueueName'],
          },
        },
      ],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 7_200,
      TreatMissingData: 'notBreaching',
    })
  })

  test('and every other queue is encrypted, over TLS only', () => {
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { SqsManagedSseEnabled: true }, 3)
    template.resourceCountIs('AWS::SQS::QueuePolicy', 3)
  })
})

describe('the alarms', () => {
  test('C1: tell the operators, all of them, on a topic that CloudWatch may use', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
    expect(alarms).toHaveLength(5)
    for (const { Properties } of alarms) {
      expect(Properties).toMatchObject({ AlarmActions: [alarmTopic], OKActions: [alarmTopic] })
    }
    template.hasResourceProperties('AWS::SNS::Topic', {
      TopicName: name('Alarm'),
      KmsMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
    })
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [alarmTopic],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sns:Publish',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: alarmTopic,
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    })
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
          }),
        ]),
      },
    })
  })
})

describe('the sweep', () => {
  test('C12: runs every quarter of an hour, or as it is set', () => {
    const rate = (ScheduleExpression: string) => ({
      ScheduleExpression,
      State: 'ENABLED',
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [sweepId, 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [failedEventsId, 'Arn'] } },
        },
      ],
    })
    template.hasResourceProperties('AWS::Events::Rule', rate('rate(15 minutes)'))
    const often = synthesized({ SweepEveryInMinutes: '1' }).template
    often.hasResourceProperties('AWS::Events::Rule', rate('rate(1 minute)'))
  })

  test('raises an alarm where none gets through for an hour, or for four of them', () => {
    const alarm = (Period: number) => ({
      AlarmName: name('SweepNotFinished'),
      MetricName: 'sweep-finished',
      Namespace: metricNamespace,
      Dimensions: [{ Name: 'service', Value: 'sweep' }],
      Statistic: 'Sum',
      Period,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      InsufficientDataActions: [alarmTopic],
      // Anything else goes off with every deployment, or never.
      TreatMissingData: 'missing',
    })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', alarm(3_600))
    const seldom = synthesized({ SweepEveryInMinutes: 60 }).template
    seldom.hasResourceProperties('AWS::CloudWatch::Alarm', alarm(14_400))
  })

  test('C1: raises another one where four sweeps of a day, or of the last seven, left something out', () => {
    const alarm = (Period: number) => ({
      AlarmName: name('SweepIncomplete'),
      MetricName: 'sweep-incomplete',
      Namespace: metricNamespace,
      Dimensions: [{ Name: 'service', Value: 'sweep' }],
      Statistic: 'Sum',
      Period,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 4,
      TreatMissingData: 'notBreaching',
    })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', alarm(86_400))
    const seldom = synthesized({ SweepEveryInMinutes: 1_440 }).template
    seldom.hasResourceProperties('AWS::CloudWatch::Alarm', alarm(604_800))
  })
})

describe('A7: a role', () => {
  const roles: Record<string, string> = Object.fromEntries(
    ['CreateCertificate', 'CommitCertificate', 'JobExecutionTerminal', 'RetireCertificate', 'Sweep'].map(
      word => [word, roleOfFunction(template, name(word))],
    ),
  )
  /** Calls for which AWS knows no resource. */
  const without = new Set([
    'iot:ListThingPrincipals',
    'iot:ListThingPrincipalsV2',
    'iot:CreateCertificateFromCsr',
    'iot:ListAttachedPolicies',
    'iot:AttachThingPrincipal',
    'iot:DetachThingPrincipal',
    'iot:ListJobs',
    'iot:ListThings',
  ])

  test.each(Object.entries(roles))(
    'of %s allows no action by pattern, and everything only where it must',
    (_, role) => {
      const statements = statementsOf(role)
      expect(statements.length).toBeGreaterThan(3)
      for (const { Action, Resource } of statements) {
        const actions = [Action].flat()
        expect(actions.join()).not.toContain('*')
        const excess = Resource === '*' ? actions.filter(action => !without.has(action)) : []
        expect(excess).toEqual([])
      }
    },
  )

  test('of the function that answers commits neither issues nor deletes', () => {
    const actions = statementsOf(roles.CommitCertificate ?? '').flatMap(({ Action }) => Action)
    expect(actions.filter(action => /Certificate|Attach|Detach/u.test(action))).toEqual([])
  })

  test('publishes on the replies of its own request alone', () => {
    const topics = (word: string) =>
      JSON.stringify(statementsOf(roles[word] ?? '').filter(({ Action }) => Action === 'iot:Publish'))
    expect(topics('CreateCertificate')).toContain('awslabs/things/*/certificate/create/accepted')
    expect(topics('CreateCertificate')).not.toContain('commit')
    expect(topics('CommitCertificate')).not.toContain('create')
    expect(topics('JobExecutionTerminal')).toBe('[]')
  })
})
