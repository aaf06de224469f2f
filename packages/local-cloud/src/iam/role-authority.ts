import type { Account } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import type { RequestContext } from './conditions.ts'
import type { RoleSession } from './credentials.ts'
import { decide } from './evaluate.ts'
import type { ActingService, RoleStore } from './roles.ts'

/** What AWS asks the caller's rights for: one action, on each of these resources. */
export interface AskedRight {
  /** Such as `iot:Publish`. */
  action: string
  /** ARNs; `*` alone for an action that knows no resource. */
  resources: readonly string[]
  /** What the call says that conditions may ask for. */
  context?: RequestContext
}

/** Decides what sessions of roles may do; they may do nothing that no policy of the role allows. */
export class RoleAuthority {
  readonly #account: Account
  readonly #roles: RoleStore

  constructor(account: Account, roles: RoleStore) {
    this.#account = account
    this.#roles = roles
  }

  /** @throws AwsError `AccessDeniedException`, naming user, action and resource */
  demand(session: RoleSession, { action, resources, context = {} }: AskedRight): void {
    const policies = [...(this.#roles.find(session.roleArn)?.policies.values() ?? [])]
    const statements = policies.flatMap(policy => policy.statements)
    const { accountId, region } = this.#account
    const whole = { ...context, 'aws:principalaccount': accountId, 'aws:requestedregion': region }
    for (const resource of resources) {
      const decision = decide(statements, { action, resource, context: whole })
      if (decision === 'allowed') continue
      const why =
        decision === 'denied'
          ? 'with an explicit deny in an identity-based policy'
          : `because no identity-based policy allows the ${action} action`
      throw new AwsError(
        'AccessDeniedException',
        403,
        `User: ${this.#userOf(session)} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
        { queryErrorCode: 'AccessDenied' },
      )
    }
  }

  /** Lets a service act as a role, for one right. @throws AwsError where the role does not trust it, or lacks it */
  demandOfService(service: ActingService, roleArn: string, right: AskedRight): void {
    this.#roles.checkTrust(roleArn, service)
    this.demand({ roleArn, sessionName: service.service.split('.')[0] ?? service.service }, right)
  }

  #userOf({ roleArn, sessionName }: RoleSession): string {
    const { partition, accountId } = this.#account
    const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
    return `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`
  }
}
