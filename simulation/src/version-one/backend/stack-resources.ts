import { jobDocumentText, jobTemplateId, resourceWords, stackName } from '@rotator/protocol/names'

/** A resource of CloudFormation. */
export interface Resource {
  Type: string
  Properties: object
}

type Word = 'create' | 'commit' | 'finish'

const deviceSql = (request: string) =>
  `SELECT *, topic(3) AS thingName, topic() as topic, clientid() AS clientId, principal() AS principal FROM 'awslabs/things/+/certificate/${request}'`

/** The rules of version 1, by what their functions do. */
export const statements: Readonly<Record<Word, string>> = {
  create: deviceSql('create'),
  commit: deviceSql('commit'),
  finish:
    "SELECT * FROM '$aws/events/jobExecution/#' WHERE isUndefined(statusDetails.CertificateRotator) = false",
}

const listPrincipals = ['iot:ListThingPrincipals', 'iot:ListThingPrincipalsV2']
const execution = 'iot:DescribeJobExecution'

const actions: Record<Word, string[]> = {
  create: [
    ...listPrincipals,
    'iot:DescribeEndpoint',
    'iot:CreateCertificateFromCsr',
    'iot:ListPrincipalPolicies',
    'iot:AttachThingPrincipal',
    'iot:AttachPolicy',
    'iot:UpdateThingShadow',
    'iot:Publish',
    'iotjobsdata:DescribeJobExecution',
    execution,
  ],
  commit: [
    ...listPrincipals,
    'iot:DescribeEndpoint',
    'iot:GetThingShadow',
    'iot:UpdateThingShadow',
    'iot:Publish',
    'iotjobsdata:DescribeJobExecution',
    execution,
  ],
  finish: [
    ...listPrincipals,
    'iot:DescribeEndpoint',
    'iot:ListPrincipalPolicies',
    'iot:DetachThingPrincipal',
    'iot:DescribeCertificate',
    'iot:UpdateCertificate',
    'iot:DeleteCertificate',
    'iot:DetachPolicy',
    'iot:GetThingShadow',
    'iot:DeleteThingShadow',
    'iot:GetJobDocument',
    'sns:Publish',
  ],
}

/** As CDK named version 1's resources: a stack that takes its place must keep these. */
const ids: Record<Word, { role: string; function: string; invocations: string; rule: string }> = {
  create: {
    role: `${stackName}CreateCertificateRoleB6DE632B`,
    function: `${stackName}CreateCertificateLambda67D1E14D`,
    invocations: `${stackName}CreateCertificateLambdaEventInvokeConfig8F2CF0B3`,
    rule: `${stackName}CreateCertificateRule`,
  },
  commit: {
    role: `${stackName}CommitCertificateRole1E27754D`,
    function: `${stackName}CommitCertificateLambda2896EB9F`,
    invocations: `${stackName}CommitCertificateLambdaEventInvokeConfig552266EA`,
    rule: `${stackName}CommitCertificateRule`,
  },
  finish: {
    role: `${stackName}JobExecutionTerminalRoleF9A56972`,
    function: `${stackName}JobExecutionTerminalLambdaA1DB429B`,
    invocations: `${stackName}JobExecutionTerminalLambdaEventInvokeConfig59458DE5`,
    rule: `${stackName}JobExecutionTerminalRule`,
  },
}
const topicId = `${stackName}SNSTopic015AAC82`

/** Seconds. */
const timeouts: Record<Word, number> = { create: 60, commit: 10, finish: 10 }

const role = (word: Word): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: `${stackName}${resourceWords[word]}Role`,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ],
    },
    Policies: [
      {
        PolicyName: 'Calls',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: actions[word], Resource: '*' }],
        },
      },
    ],
  },
})

function functionOf(word: Word, code: object): Record<string, Resource> {
  const name = stackName + resourceWords[word]
  return {
    [ids[word].role]: role(word),
    [ids[word].function]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Code: code,
        Handler: `index.${word}`,
        Role: { 'Fn::GetAtt': [ids[word].role, 'Arn'] },
        Runtime: 'nodejs24.x',
        Timeout: timeouts[word],
        Environment: { Variables: { SNS_TOPIC_ARN: { Ref: topicId } } },
      },
    },
    /** What fails, or waits for longer than a minute, is gone. */
    [ids[word].invocations]: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: ids[word].function },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      },
    },
    ...ruleOf(word, name),
  }
}

const ruleOf = (word: Word, name: string): Record<string, Resource> => ({
  [ids[word].rule]: {
    Type: 'AWS::IoT::TopicRule',
    Properties: {
      RuleName: name,
      TopicRulePayload: {
        Sql: statements[word],
        AwsIotSqlVersion: '2016-03-23',
        Actions: [{ Lambda: { FunctionArn: { 'Fn::GetAtt': [ids[word].function, 'Arn'] } } }],
      },
    },
  },
  [`${word}Permission`]: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [ids[word].function, 'Arn'] },
      Principal: 'iot.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [ids[word].rule, 'Arn'] },
      SourceAccount: { Ref: 'AWS::AccountId' },
    },
  },
})

/**
 * What version 1's stack deploys, as far as a rotation meets it.
 *
 * @param code of all functions, as the template of a function names it
 */
export const stackResources = (code: object): Record<string, Resource> => ({
  [topicId]: {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: stackName + resourceWords.notification },
  },
  ...functionOf('create', code),
  ...functionOf('commit', code),
  ...functionOf('finish', code),
  [`${stackName}JobTemplate`]: {
    Type: 'AWS::IoT::JobTemplate',
    Properties: {
      JobTemplateId: jobTemplateId,
      Description: 'Template for creating device certificate rotation jobs',
      Document: jobDocumentText,
      TimeoutConfig: { InProgressTimeoutInMinutes: 5 },
      JobExecutionsRolloutConfig: {
        MaximumPerMinute: 100,
        ExponentialRolloutRate: {
          BaseRatePerMinute: 100,
          IncrementFactor: 1.2,
          RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
        },
      },
    },
  },
})
