import type { Permission } from '../permission.ts'

/** What issuing by AWS IoT needs, of the function that answers creates. */
export const awsIotPermissions: readonly Permission[] = [
  { actions: ['iot:CreateCertificateFromCsr'], on: 'any' },
]

/** What issuing by AWS Private CA needs in its place: nothing may come from the other one then. */
export const privateCaPermissions: readonly Permission[] = [
  {
    actions: ['acm-pca:IssueCertificate'],
    on: 'private-ca',
    // Without it, whoever has this role could have an authority of his own certified.
    when: { StringLike: { 'acm-pca:TemplateArn': 'arn:*:acm-pca:::template/EndEntityCertificate/V1' } },
  },
  { actions: ['acm-pca:GetCertificate', 'acm-pca:DescribeCertificateAuthority'], on: 'private-ca' },
  { actions: ['iot:RegisterCertificateWithoutCA'], on: 'any' },
]

/** What issuing by a function of the operators' own needs in its place. */
export const ownIssuerPermissions: readonly Permission[] = [
  { actions: ['lambda:InvokeFunction'], on: 'own-issuer' },
  { actions: ['iot:RegisterCertificateWithoutCA'], on: 'any' },
]

/** What revoking at AWS Private CA needs besides, of the function that retires certificates. */
export const revokingPermissions: readonly Permission[] = [
  {
    actions: [
      'acm-pca:RevokeCertificate',
      'acm-pca:GetCertificateAuthorityCertificate',
      'acm-pca:DescribeCertificateAuthority',
    ],
    on: 'private-ca',
  },
]
