import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import { acceptWildcards } from './accept-wildcards.ts'
import { LogFor } from './handler-function.ts'
import { nameOf, words } from './names.ts'

/** What the account must be set to, and asked for, at deployment. */
export class AccountSettings extends Construct {
  /** Host of AWS IoT's data plane. Looked up here because the functions may look it up only ten times a second. */
  readonly dataEndpoint: string

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const functionName = nameOf(words.accountSettings)
    const log = new LogFor(this, functionName)
    const calls = new PolicyStatement({
      // AWS knows no resource of these calls.
      actions: ['iot:UpdateEventConfigurations', 'iot:DescribeEndpoint'],
      resources: ['*'],
    })
    const role = new Role(this, 'Role', {
      roleName: `${functionName}Role`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        log: new PolicyDocument({ statements: [log.writing] }),
        calls: new PolicyDocument({ statements: [calls] }),
      },
    })
    acceptWildcards(role, [log.writing, calls], 'These are calls about the account, which have no resource.')
    const given = { functionName, role, logGroup: log.group, installLatestAwsSdk: false }
    new AwsCustomResource(this, 'JobExecutionEvents', {
      ...given,
      onUpdate: {
        service: 'Iot',
        action: 'updateEventConfigurations',
        parameters: { eventConfigurations: { JOB_EXECUTION: { Enabled: true } } },
        physicalResourceId: PhysicalResourceId.of(`${functionName}Id`),
      },
    })
    const endpoint = new AwsCustomResource(this, 'DataEndpoint', {
      ...given,
      onUpdate: {
        service: 'Iot',
        action: 'describeEndpoint',
        parameters: { endpointType: 'iot:Data-ATS' },
        physicalResourceId: PhysicalResourceId.fromResponse('endpointAddress'),
      },
    })
    this.dataEndpoint = endpoint.getResponseField('endpointAddress')
  }
}
