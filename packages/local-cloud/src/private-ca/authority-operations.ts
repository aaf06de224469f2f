import type { Account } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import type { Clock } from '../clock.ts'
import { caKeyAlgorithms, signingAlgorithms } from './ca-algorithms.ts'
import { type Members, oneOf, structure, text, validationError } from './members.ts'
import type { PrivateAuthorities } from './private-authorities.ts'
import { type PrivateAuthority, statusOf, usageModes } from './private-authority.ts'

export interface PrivateCaDependencies {
  account: Account
  clock: Clock
  authorities: PrivateAuthorities
}

type Run = (deps: PrivateCaDependencies, input: Members) => unknown

/** What an operator does with authorities, by the names of AWS Private CA's API. */
export const authorityOperations: Readonly<Record<string, Run>> = {
  async CreateCertificateAuthority({ authorities }, input) {
    if (text(input, 'CertificateAuthorityType') !== 'ROOT')
      throw validationError('Subordinate authorities are not imitated here; create one of type ROOT')
    const configuration = structure(input, 'CertificateAuthorityConfiguration')
    const { arn } = await authorities.create({
      keyAlgorithm: oneOf(configuration, 'KeyAlgorithm', caKeyAlgorithms),
      signingAlgorithm: oneOf(configuration, 'SigningAlgorithm', signingAlgorithms),
      subject: structure(configuration, 'Subject'),
      ...(input['UsageMode'] !== undefined && { usageMode: oneOf(input, 'UsageMode', usageModes) }),
    })
    return { CertificateAuthorityArn: arn }
  },

  DescribeCertificateAuthority: (deps, input) => ({
    CertificateAuthority: described(deps, authorityOf(deps, input)),
  }),

  GetCertificateAuthorityCertificate(deps, input) {
    const authority = authorityOf(deps, input)
    if (authority.set === 'DELETED') throw notInState(authority, 'to have a certificate')
    return { Certificate: authority.certificatePem.trim() }
  },

  UpdateCertificateAuthority(deps, input) {
    const authority = authorityOf(deps, input)
    if (authority.set === 'DELETED') throw notInState(authority, 'to be updated')
    set(deps, authority, oneOf(input, 'Status', { ACTIVE: true, DISABLED: true }))
  },

  DeleteCertificateAuthority(deps, input) {
    const authority = authorityOf(deps, input)
    if (statusOf(authority, deps.clock.now()) === 'ACTIVE')
      throw notInState(authority, 'to be deleted: disable it first')
    set(deps, authority, 'DELETED')
  },

  RestoreCertificateAuthority(deps, input) {
    const authority = authorityOf(deps, input)
    if (authority.set !== 'DELETED') throw notInState(authority, 'to be restored')
    set(deps, authority, 'DISABLED')
  },
}

export const authorityOf = ({ authorities }: PrivateCaDependencies, input: Members): PrivateAuthority =>
  authorities.get(text(input, 'CertificateAuthorityArn'))

export const notInState = ({ arn }: PrivateAuthority, what: string): AwsError =>
  new AwsError(
    'InvalidStateException',
    400,
    `The certificate authority ${arn} is not in the correct state ${what}`,
  )

function set(
  { clock }: PrivateCaDependencies,
  authority: PrivateAuthority,
  to: PrivateAuthority['set'],
): void {
  authority.set = to
  authority.changedAt = clock.now()
}

function described({ account, clock }: PrivateCaDependencies, authority: PrivateAuthority) {
  const { certificate } = authority
  return {
    Arn: authority.arn,
    OwnerAccount: account.accountId,
    CreatedAt: authority.createdAt / 1000,
    LastStateChangeAt: authority.changedAt / 1000,
    Type: 'ROOT',
    Serial: certificate.serialNumber.toLowerCase(),
    Status: statusOf(authority, clock.now()),
    NotBefore: certificate.validFromDate.getTime() / 1000,
    NotAfter: certificate.validToDate.getTime() / 1000,
    CertificateAuthorityConfiguration: {
      KeyAlgorithm: authority.keyAlgorithm,
      SigningAlgorithm: authority.signingAlgorithm,
      Subject: authority.subject,
    },
    KeyStorageSecurityStandard: 'FIPS_140_2_LEVEL_3_OR_HIGHER',
    UsageMode: authority.usageMode,
  }
}
