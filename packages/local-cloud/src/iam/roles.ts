import type { Account } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import { isTrusted } from './evaluate.ts'
import {
  readIdentityPolicy,
  readTrustPolicy,
  type Statement,
  type TrustStatement,
} from './identity-policy.ts'
import { managedPolicy } from './managed-policies.ts'

export interface PolicyDocument {
  name: string
  document: unknown
}

export interface RolePolicy extends PolicyDocument {
  statements: readonly Statement[]
}

export interface Role {
  name: string
  arn: string
  trust: readonly TrustStatement[]
  /** Inline policies, those attached to it by name, and AWS's own by their ARN. */
  policies: ReadonlyMap<string, RolePolicy>
}

/** A service that wants to act as a role, on behalf of a resource. */
export interface ActingService {
  /** Such as `iot.amazonaws.com`. */
  service: string
  sourceArn: string
}

/** The roles of the account, with what they allow and whom. */
export class RoleStore {
  readonly #account: Account
  readonly #roles = new Map<string, Role>()

  constructor(account: Account) {
    this.#account = account
  }

  /** @throws AwsError `MalformedPolicyDocument`, `NoSuchEntity` for a managed policy that is not in this cloud */
  put(role: {
    name: string
    trustPolicy: unknown
    policies: readonly PolicyDocument[]
    managedPolicyArns: readonly string[]
  }): Role {
    const { partition, accountId } = this.#account
    const managed = role.managedPolicyArns.map(arn => ({ name: arn, document: managedPolicy(arn) }))
    const made: Role = {
      name: role.name,
      arn: `arn:${partition}:iam::${accountId}:role/${role.name}`,
      trust: readTrustPolicy(role.trustPolicy),
      policies: new Map([...role.policies, ...managed].map(policy => [policy.name, readPolicy(policy)])),
    }
    this.#roles.set(role.name, made)
    return made
  }

  /** Adds or replaces one policy; a role that does not exist is passed over. @throws AwsError */
  putPolicy(roleName: string, policy: PolicyDocument): void {
    const role = this.#roles.get(roleName)
    const read = readPolicy(policy)
    if (role !== undefined)
      this.#roles.set(roleName, { ...role, policies: new Map([...role.policies, [policy.name, read]]) })
  }

  deletePolicy(roleName: string, policyName: string): void {
    const role = this.#roles.get(roleName)
    if (role === undefined) return
    const policies = new Map(role.policies)
    policies.delete(policyName)
    this.#roles.set(roleName, { ...role, policies })
  }

  delete(name: string): void {
    this.#roles.delete(name)
  }

  find(nameOrArn: string): Role | undefined {
    return this.#roles.get(nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1))
  }

  all(): Role[] {
    return [...this.#roles.values()]
  }

  /** @throws AwsError `AccessDenied` where the role does not exist, or does not trust the service in this */
  checkTrust(roleArn: string, { service, sourceArn }: ActingService): void {
    const context = { 'aws:sourceaccount': this.#account.accountId, 'aws:sourcearn': sourceArn }
    const role = this.find(roleArn)
    if (role === undefined || !isTrusted(role.trust, service, context))
      throw new AwsError(
        'AccessDenied',
        403,
        `User: ${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      )
  }
}

const readPolicy = (policy: PolicyDocument): RolePolicy => ({
  ...policy,
  statements: readIdentityPolicy(policy.document),
})
