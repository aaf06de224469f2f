import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CustomResource, Duration } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { acceptWildcards } from './accept-wildcards.ts'
import { LogFor } from './handler-function.ts'
import { nameOf, words } from './names.ts'

/** A call of an SDK client, as the function of CDK's `AwsCustomResource` understands it. */
interface AccountCall {
  service: string
  action: string
  parameters: object
  physicalResourceId: { id: string } | { responsePath: string }
}

/**
 * The code of CDK's `AwsCustomResource`, without that construct: it makes one function per stack, and so either ours would
 * run in the role of somebody else's, or theirs in ours.
 */
const callCode = join(
  createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'),
  '../custom-resource-handlers/dist/custom-resources/aws-custom-resource-handler',
)

/** What the account must be set to, and asked for, at deployment. */
export class AccountSettings extends Construct {
  /** Host of AWS IoT's data plane. Looked up here because the functions may look it up only ten times a second. */
  readonly dataEndpoint: string

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const handler = this.#handler()
    this.#call('JobExecutionEvents', handler, {
      service: 'Iot',
      action: 'updateEventConfigurations',
      parameters: { eventConfigurations: { JOB_EXECUTION: { Enabled: true } } },
      physicalResourceId: { id: `${nameOf(words.accountSettings)}Id` },
    })
    const endpoint = this.#call('DataEndpoint', handler, {
      service: 'Iot',
      action: 'describeEndpoint',
      parameters: { endpointType: 'iot:Data-ATS' },
      physicalResourceId: { responsePath: 'endpointAddress' },
    })
    this.dataEndpoint = endpoint.getAttString('endpointAddress')
  }

  #handler(): LambdaFunction {
    const functionName = nameOf(words.accountSettings)
    const log = new LogFor(this, functionName)
    const calls = new PolicyStatement({
      // AWS knows no resource of these calls.
      actions: ['iot:UpdateEventConfigurations', 'iot:DescribeEndpoint'],
      resources: ['*'],
    })
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        log: new PolicyDocument({ statements: [log.writing] }),
        calls: new PolicyDocument({ statements: [calls] }),
      },
    })
    acceptWildcards(role, [log.writing, calls], 'These are calls about the account, which have no resource.')
    return new LambdaFunction(this, 'Handler', {
      functionName,
      role,
      logGroup: log.group,
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.minutes(2),
      code: Code.fromAsset(callCode),
      handler: 'index.handler',
    })
  }

  #call(id: string, handler: LambdaFunction, call: AccountCall): CustomResource {
    const text = JSON.stringify(call)
    return new CustomResource(this, id, {
      resourceType: 'Custom::AWS',
      serviceToken: handler.functionArn,
      properties: { Create: text, Update: text, InstallLatestAwsSdk: false },
    })
  }
}
