import { Aws, CfnCondition, Fn, Token } from 'aws-cdk-lib'
import { CfnFunction, type Function as LambdaFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

/** Regions that AWS Lambda came to without its detection of loops, beside those of AWS GovCloud. */
const regionsWithout = ['mx-central-1', 'ap-southeast-6']

/**
 * AWS Lambda stops a function that causes itself to be invoked for the 16th time or so, where it is not allowed. Not in
 * every region: where it does not look for loops there is nothing to allow, and a function that asks for it may be refused.
 */
export class LoopDetection extends Construct {
  readonly #isThere: CfnCondition

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#isThere = new CfnCondition(this, 'IsThere', {
      expression: Fn.conditionNot(
        Fn.conditionOr(
          Fn.conditionEquals(Aws.PARTITION, 'aws-us-gov'),
          ...regionsWithout.map(region => Fn.conditionEquals(Aws.REGION, region)),
        ),
      ),
    })
  }

  /** Has AWS Lambda let this function cause itself to be invoked, time after time. */
  spare(handler: LambdaFunction): void {
    const allowed = Fn.conditionIf(this.#isThere.logicalId, RecursiveLoop.ALLOW, Aws.NO_VALUE)
    for (const resource of handler.node.findAll().filter(node => CfnFunction.isCfnFunction(node)))
      resource.recursiveLoop = Token.asString(allowed)
  }
}
