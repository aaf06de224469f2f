import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { allowing, trusting } from './policy-documents.ts'

/** Says back on `reply/<thing>` what came on `ask/<thing>`; fails where it is asked to. */
const echo = `
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
const client = new IoTDataPlaneClient({ maxAttempts: 1 })
export const handler = async event => {
  if (event.fail) throw new Error('asked to fail')
  const payload = Buffer.from(JSON.stringify({ ...event, greeting: process.env.GREETING }))
  await client.send(new PublishCommand({ topic: 'reply/' + event.thing, qos: 1, payload }))
}`

/** Puts each message's body to \`from-queue\`, but leaves those that say \`bad\`. */
const drain = `
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'
const client = new IoTDataPlaneClient({})
export const handler = async ({ Records }) => {
  const batchItemFailures = []
  for (const { body, messageId } of Records)
    if (body === 'bad') batchItemFailures.push({ itemIdentifier: messageId })
    else await client.send(new PublishCommand({ topic: 'from-queue', payload: Buffer.from(body) }))
  return { batchItemFailures }
}`

/** Answers as CDK's own code does: by host and path of the URL, without its port. */
const custom = `
const https = require('https')
exports.handler = async event => {
  const properties = event.ResourceProperties
  const bad = properties.Bad === 'true'
  const body = JSON.stringify({
    Status: bad ? 'FAILED' : 'SUCCESS', Reason: 'told to', StackId: event.StackId, RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId, PhysicalResourceId: 'custom-1',
    Data: { Greeting: properties.Prefix + ' ' + event.RequestType, Number: properties.Number },
  })
  const url = new URL(event.ResponseURL)
  await new Promise((resolve, reject) => {
    const request = https.request({ hostname: url.hostname, path: url.pathname, method: 'PUT',
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) } }, resolve)
    request.on('error', reject)
    request.end(body)
  })
}`

const role = (actions: string[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trusting(
      'lambda.amazonaws.com',
      'iot.amazonaws.com',
      'scheduler.amazonaws.com',
    ),
    Policies: [{ PolicyName: 'calls', PolicyDocument: allowing(actions) }],
  },
})

const lambda = (folder: string, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: folder,
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: `${folder}-1.zip` },
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Runtime: 'nodejs24.x',
    Timeout: 10,
    ...more,
  },
})

const rule = (name: string, sql: string) => ({
  Type: 'AWS::IoT::TopicRule',
  Properties: {
    RuleName: name,
    TopicRulePayload: {
      Sql: sql,
      AwsIotSqlVersion: '2016-03-23',
      Actions: [{ Lambda: { FunctionArn: { 'Fn::GetAtt': ['Echo', 'Arn'] } } }],
      ErrorAction: {
        Sqs: { QueueUrl: { Ref: 'Failed' }, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, UseBase64: false },
      },
    },
  },
})

function resources(): Record<string, unknown> {
  return {
    Role: role(['iot:Publish', 'sqs:*', 'lambda:InvokeFunction']),
    Echo: lambda('echo', {
      Environment: { Variables: { GREETING: { 'Fn::GetAtt': ['Custom', 'Greeting'] } } },
    }),
    EchoRetries: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Echo' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
      },
    },
    Allowed: rule('Allowed', "SELECT *, topic(2) AS thing FROM 'ask/+'"),
    AllowedPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['Echo', 'Arn'] },
        Principal: 'iot.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['Allowed', 'Arn'] },
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
    },
    Forbidden: rule('Forbidden', "SELECT * FROM 'forbidden/+'"),
    Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
    Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work', VisibilityTimeout: 60 } },
    Drain: lambda('drain'),
    Draining: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Drain' },
        EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'told', DisplayName: 'Told' } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Work', 'Arn'] },
        RawMessageDelivery: true,
      },
    },
    CustomFunction: lambda('custom'),
    Custom: {
      Type: 'Custom::Greeting',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['CustomFunction', 'Arn'] }, Prefix: 'hello', Number: 7 },
    },
    Template: {
      Type: 'AWS::IoT::JobTemplate',
      Properties: {
        JobTemplateId: 'Template',
        Description: 'A template',
        Document: '{"operation":"X"}',
        TimeoutConfig: { InProgressTimeoutInMinutes: 5 },
        JobExecutionsRolloutConfig: {
          MaximumPerMinute: 100,
          ExponentialRolloutRate: {
            BaseRatePerMinute: 50,
            IncrementFactor: 1.2,
            RateIncreaseCriteria: { NumberOfSucceededThings: 100 },
          },
        },
      },
    },
    DevicePolicy: {
      Type: 'AWS::IoT::Policy',
      Properties: {
        PolicyName: 'device',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
        },
      },
    },
    Log: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/aws/lambda/echo', RetentionInDays: 7 },
    },
    EveryMinute: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: { 'Fn::GetAtt': ['Echo', 'Arn'] },
          RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Input: '{"thing":"by-the-clock"}',
        },
      },
    },
  }
}

/**
 * Writes a small stack as CDK would synthesize it, with three functions and their bundles.
 *
 * @param change changes the template's resources
 * @returns the path of the template
 */
export function writeFixtureStack(
  folder: string,
  change: (resources: Record<string, { Properties: Record<string, unknown> }>) => void = () => {},
): string {
  const made = resources() as Parameters<typeof change>[0]
  change(made)
  const bundles = {
    echo: ['index.mjs', echo],
    drain: ['index.mjs', drain],
    custom: ['index.js', custom],
  } as const
  const files: Record<string, unknown> = {}
  for (const [name, [file, source]] of Object.entries(bundles)) {
    mkdirSync(path.join(folder, `asset.${name}`), { recursive: true })
    writeFileSync(path.join(folder, `asset.${name}`, file), source)
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey: `${name}-1.zip` } },
    }
  }
  writeFileSync(path.join(folder, 'Fixture.assets.json'), JSON.stringify({ version: '1', files }))
  const templatePath = path.join(folder, 'Fixture.template.json')
  const Outputs = {
    Greeting: { Value: { 'Fn::GetAtt': ['Custom', 'Greeting'] } },
    TopicArn: { Value: { Ref: 'Topic' } },
  }
  const Parameters = {
    BootstrapVersion: {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/cdk-bootstrap/hnb659fds/version',
    },
  }
  writeFileSync(
    templatePath,
    JSON.stringify({ Resources: made, Outputs, Parameters, Rules: { CheckBootstrapVersion: {} } }),
  )
  return templatePath
}
