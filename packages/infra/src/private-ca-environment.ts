import type { EnvironmentName } from '@rotator/backend/aws/environment'
import type { PrivateCaChoice } from './settings.ts'

type Name = Extract<EnvironmentName, `PCA_${string}`>

/** The first three names are those of version 1. Nothing is read of the others where there is no authority. */
export const privateCaEnvironment = (
  authorityArn: string,
  choice: PrivateCaChoice | undefined,
): Record<Name, string> => ({
  PCA_CA_ARN: authorityArn,
  PCA_VALIDITY_IN_DAYS: String(choice?.validityDays ?? 7),
  PCA_SIGNING_ALGORITHM: choice?.signingAlgorithm ?? 'SHA256WITHRSA',
  PCA_REVOKE_ON_RETIREMENT: String(choice?.revokeOnRetirement ?? false),
})
