import { devicePolicy as policyFor } from '@rotator/infra/device-policy'

export const devicePolicyName = 'RotatingCoreDevice'
export const deviceRoleAlias = 'CoreDeviceRoleAlias'

/** The product's own policy: what a lab's device may do is what the operators of a real one are told to allow. */
export const devicePolicy = (region: string, accountId: string): string =>
  policyFor({ partition: 'aws', region, accountId, roleAlias: deviceRoleAlias })
