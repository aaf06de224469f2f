import { AwsError } from '../api/aws-error.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { CredentialStore } from '../iam/credentials.ts'
import type { RegistryService } from '../registry/registry-service.ts'
import type { RoleAliases } from './role-aliases.ts'

export interface CredentialProviderDependencies {
  aliases: RoleAliases
  credentials: CredentialStore
  registry: RegistryService
}

/**
 * The credential endpoint's one operation: a device that came by mutual TLS gets keys of the alias's role. That its
 * certificate is active and its policy allows it has been checked before, as for every call of a device.
 */
export function credentialOperation(deps: CredentialProviderDependencies): RestOperation {
  return {
    service: 'iot-credentials',
    name: 'AssumeRoleWithCertificate',
    method: 'GET',
    path: '/role-aliases/{roleAlias}/credentials',
    isAnonymous: true,
    handle: call => assumeRole(deps, call),
  }
}

function assumeRole(
  { aliases, credentials, registry }: CredentialProviderDependencies,
  { params, headers, caller: { certificateId } }: RestCall,
): object {
  if (certificateId === undefined) throw denied()
  const thingName = headers['x-amzn-iot-thingname']
  if (typeof thingName === 'string' && !isAttached(registry, thingName, certificateId)) throw denied()
  const { roleArn } = aliases.get(params['roleAlias'] ?? '')
  const { expiresAtMs, ...keys } = credentials.issue({ roleArn, sessionName: certificateId })
  return { credentials: { ...keys, expiration: new Date(expiresAtMs).toISOString() } }
}

const isAttached = ({ principals, certificates }: RegistryService, thingName: string, id: string): boolean =>
  principals.isAttached(thingName, certificates.arnOf(id))

const denied = (): AwsError => new AwsError('AccessDeniedException', 403, 'Access Denied')
