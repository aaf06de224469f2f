import { AwsError } from '../api/aws-error.ts'

const logging = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  ],
}

/** Policies of AWS's own that this cloud knows, by the part of their ARN after the account. */
const known: ReadonlyMap<string, unknown> = new Map([
  ['policy/service-role/AWSLambdaBasicExecutionRole', logging],
])

/** @throws AwsError `NoSuchEntity` */
export function managedPolicy(arn: string): unknown {
  const document = known.get(arn.replace(/^arn:[a-z-]+:iam::aws:/, ''))
  if (document === undefined)
    throw new AwsError('NoSuchEntity', 404, `Policy ${arn} is not in this cloud: write its statements out.`)
  return document
}
