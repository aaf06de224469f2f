import type { Account } from '../account.ts'

export interface PolicyDocument {
  name: string
  document: unknown
}

export interface Role {
  name: string
  arn: string
  trustPolicy: unknown
  /** Inline policies, and those attached to it by name. */
  policies: ReadonlyMap<string, PolicyDocument>
  managedPolicyArns: readonly string[]
}

/** The roles of the account with what they allow, kept for whoever enforces it. */
export class RoleStore {
  readonly #account: Account
  readonly #roles = new Map<string, Role>()

  constructor(account: Account) {
    this.#account = account
  }

  put(role: {
    name: string
    trustPolicy: unknown
    policies: readonly PolicyDocument[]
    managedPolicyArns: readonly string[]
  }): Role {
    const { partition, accountId } = this.#account
    const made: Role = {
      name: role.name,
      arn: `arn:${partition}:iam::${accountId}:role/${role.name}`,
      trustPolicy: role.trustPolicy,
      policies: new Map(role.policies.map(policy => [policy.name, policy])),
      managedPolicyArns: role.managedPolicyArns,
    }
    this.#roles.set(role.name, made)
    return made
  }

  /** Adds or replaces one policy; a role that does not exist is passed over. */
  putPolicy(roleName: string, policy: PolicyDocument): void {
    const role = this.#roles.get(roleName)
    if (role !== undefined)
      this.#roles.set(roleName, { ...role, policies: new Map([...role.policies, [policy.name, policy]]) })
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
}
