import { AwsError } from '../api/aws-error.ts'

export function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', 400, `${message}.`)
}
