import { ownCheckPermissions, permissions } from '@rotator/backend/create-certificate/permissions'
import {
  awsIotPermissions,
  ownIssuerPermissions,
  privateCaPermissions,
} from '@rotator/backend/issuers/permissions'
import type { Permission } from '@rotator/backend/permission'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Settings } from './settings.ts'

/** What the function that answers creates may call: of the ways to issue, the one that is chosen and no other. */
export function createPermissionsFor(
  { issuer, check }: { issuer?: IFunction; check?: IFunction },
  { privateCa }: Settings,
): readonly Permission[] {
  if (issuer !== undefined && privateCa !== undefined)
    throw new Error(
      'A CertificateRotator can have one issuer: leave out either the function of your own or the authority of AWS Private CA (PcaCaId).',
    )
  const issuing = privateCa === undefined ? awsIotPermissions : privateCaPermissions
  return [
    ...permissions,
    ...(issuer === undefined ? issuing : ownIssuerPermissions),
    ...(check === undefined ? [] : ownCheckPermissions),
  ]
}
