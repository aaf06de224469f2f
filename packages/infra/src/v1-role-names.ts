import { CfnRole } from 'aws-cdk-lib/aws-iam'
import type { CertificateRotator } from './certificate-rotator.ts'
import { nameOf, words } from './names.ts'

/** What version 1's roles were named after, by the path of the construct here. */
const v1Roles: Readonly<Record<string, string>> = {
  'CreateCertificate/Handler/Role/Resource': words.create,
  'CommitCertificate/Handler/Role/Resource': words.commit,
  'FinishRotation/Handler/Role/Resource': words.finish,
  'AccountSettings/Role/Resource': words.accountSettings,
}

/**
 * Gives each of these roles the name that it had: under another one an upgrade in place would replace it.
 *
 * Other stacks have their names generated, since names of roles are the account's and not a region's.
 */
export function keepV1RoleNames(rotator: CertificateRotator): void {
  for (const role of rotator.node.findAll().filter(node => CfnRole.isCfnRole(node))) {
    const word = v1Roles[role.node.path.slice(rotator.node.path.length + 1)]
    if (word !== undefined) role.roleName = `${nameOf(word)}Role`
  }
}
