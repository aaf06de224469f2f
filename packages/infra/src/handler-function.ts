import { join } from 'node:path'
import type { Permission } from '@rotator/backend/permission'
import { ArnFormat, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acceptWildcards } from './accept-wildcards.ts'
import type { HandlerFolder } from './bundle.ts'
import { nameOf } from './names.ts'
import { type OwnResources, policyStatements } from './policy-statements.ts'

export interface HandlerFunctionProps {
  /** The last part of the function's name. */
  word: string
  folder: HandlerFolder
  /** Where the functions were bundled to. */
  bundles: string
  permissions: readonly Permission[]
  own: OwnResources
  environment: Record<string, string>
  timeout: Duration
  /** How many invocations run at once at most; without it, as many as the account allows. */
  mostAtOnce?: number
}

/** A function, its log and its role. */
export class HandlerFunction extends Construct {
  readonly function: LambdaFunction

  constructor(scope: Construct, props: HandlerFunctionProps) {
    super(scope, 'Handler')
    const name = nameOf(props.word)
    const log = new LogFor(this, name)
    const calls = policyStatements(Stack.of(this), props.permissions, props.own)
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        log: new PolicyDocument({ statements: [log.writing] }),
        calls: new PolicyDocument({ statements: calls }),
      },
    })
    acceptWildcards(
      role,
      [log.writing, ...calls],
      'It serves every thing of the account, and some of its calls know no narrower resource. Each action is one that the function calls.',
    )
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      role,
      logGroup: log.group,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: props.timeout,
      code: Code.fromAsset(join(props.bundles, props.folder)),
      handler: 'index.handler',
      environment: props.environment,
      ...(props.mostAtOnce !== undefined && { reservedConcurrentExecutions: props.mostAtOnce }),
    })
  }
}

/**
 * The log group of a function, which outlives the stack: logs of a rotation may be asked for years later. Its name is fixed, so that
 * the next deployment can take it back. One whose deployment fails goes with it, or it would be in the way of the next try.
 */
export class LogFor extends Construct {
  readonly group: LogGroup
  readonly writing: PolicyStatement

  constructor(scope: Construct, functionName: string) {
    super(scope, 'Log')
    this.group = new LogGroup(this, 'Group', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.TWO_YEARS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    })
    this.writing = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: `/aws/lambda/${functionName}:*`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    })
  }
}
