import { Stack, Token, Validations } from 'aws-cdk-lib'
import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'

/**
 * Says once why a role's statements name resources by patterns. cdk-nag is told of exactly these resources: a pattern of
 * actions is a finding all the same, and so is whatever else the role comes to allow.
 */
export function acceptWildcards(role: Role, statements: readonly PolicyStatement[], reason: string): void {
  const stack = Stack.of(role)
  const patterns = new Set(
    statements.flatMap(({ resources }) => resources).filter(resource => resource.includes('*')),
  )
  Validations.of(role).acknowledge(
    ...[...patterns].map(arn => ({ id: `AwsSolutions-IAM5[Resource::${readable(stack, arn)}]`, reason })),
  )
}

/** As cdk-nag writes an ARN whose account, region and partition are known only at deployment. */
const readable = (stack: Stack, arn: string): string =>
  [
    [stack.partition, 'AWS::Partition'] as const,
    [stack.region, 'AWS::Region'] as const,
    [stack.account, 'AWS::AccountId'] as const,
  ]
    .filter(([value]) => Token.isUnresolved(value))
    .reduce((text, [token, name]) => text.replaceAll(token, `<${name}>`), arn)
