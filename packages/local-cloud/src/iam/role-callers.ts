import type { Account } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import type { ObservedCall } from '../api/call-hooks.ts'
import { askedRights } from './asked-rights/asked-rights.ts'
import { type CredentialStore, operatorKeys } from './credentials.ts'
import type { RoleAuthority } from './role-authority.ts'

export interface RoleCallerDependencies {
  account: Account
  credentials: CredentialStore
  authority: RoleAuthority
}

/**
 * Lets the session of a role do what the role's policies allow. The operator's key has no session, and no bounds.
 *
 * @throws AwsError `AccessDeniedException`
 */
export function authorizeRoleCaller(
  { account, credentials, authority }: RoleCallerDependencies,
  accessKeyId: string,
  call: ObservedCall,
): void {
  if (accessKeyId === operatorKeys.accessKeyId) return
  const session = credentials.sessionOf(accessKeyId)
  // Verified a moment ago, but revoked meanwhile: the process that held it is dead.
  if (session === undefined)
    throw new AwsError(
      'UnrecognizedClientException',
      403,
      'The security token included in the request is invalid.',
    )
  for (const right of askedRights(account, call)) authority.demand(session, right)
}
