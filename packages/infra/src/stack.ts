import { stackName } from '@rotator/protocol/names'
import { type App, Stack } from 'aws-cdk-lib'
import { CertificateRotator } from './certificate-rotator.ts'
import type { Settings } from './settings.ts'
import { keepV1LogicalIds } from './v1-logical-ids.ts'
import { keepV1RoleNames } from './v1-role-names.ts'

/**
 * The backend as a stack by itself, as version 1 was deployed: it can take the place of that one.
 *
 * @param bundles the directory that {@link bundleHandlers} filled
 */
export class CertificateRotatorStack extends Stack {
  constructor(app: App, settings: Settings, bundles: string) {
    super(app, stackName, { description: 'Rotates the certificates of AWS IoT Greengrass core devices' })
    // `Default` is no part of logical ids.
    const rotator = new CertificateRotator(this, 'Default', { settings, bundles })
    keepV1LogicalIds(rotator)
    if (settings.upgradeFromV1) keepV1RoleNames(rotator)
  }
}
