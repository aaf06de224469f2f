import { type Account, arn } from '../account.ts'
import { AwsError, resourceNotFound } from '../api/aws-error.ts'

export interface RoleAlias {
  roleAlias: string
  roleAliasArn: string
  roleArn: string
  credentialDurationSeconds: number
  /** Milliseconds since the epoch. */
  createdAt: number
  changedAt: number
}

/** Names under which devices get credentials of a role. */
export class RoleAliases {
  readonly #account: Account
  readonly #aliases = new Map<string, RoleAlias>()

  constructor(account: Account) {
    this.#account = account
  }

  create(
    roleAlias: string,
    { roleArn, credentialDurationSeconds = 3600 }: { roleArn: string; credentialDurationSeconds?: number },
    now: number,
  ): RoleAlias {
    if (this.#aliases.has(roleAlias))
      throw new AwsError('ResourceAlreadyExistsException', 409, `Role alias ${roleAlias} already exists`)
    const made: RoleAlias = {
      roleAlias,
      roleAliasArn: arn(this.#account, 'iot', `rolealias/${roleAlias}`),
      roleArn,
      credentialDurationSeconds,
      createdAt: now,
      changedAt: now,
    }
    this.#aliases.set(roleAlias, made)
    return made
  }

  get(roleAlias: string): RoleAlias {
    const found = this.#aliases.get(roleAlias)
    if (found === undefined) throw resourceNotFound(`Role alias ${roleAlias} does not exist`)
    return found
  }

  delete(roleAlias: string): void {
    this.get(roleAlias)
    this.#aliases.delete(roleAlias)
  }

  all(): RoleAlias[] {
    return [...this.#aliases.values()]
  }
}
