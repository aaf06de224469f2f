import { X509Certificate } from 'node:crypto'
import { AwsError } from '../api/aws-error.ts'
import { issueCertificate, pemOf } from '../certificates/issue.ts'
import { readSigningRequest, type SigningRequest } from '../certificates/signing-request.ts'
import { authorityOf, notInState, type PrivateCaDependencies } from './authority-operations.ts'
import { checkFamily, signingAlgorithms } from './ca-algorithms.ts'
import { type Members, oneOf, optionalText, text, validationError } from './members.ts'
import { type IssuedCertificate, type PrivateAuthority, statusOf } from './private-authority.ts'
import { endOfValidity, shortLivedMs } from './validity.ts'

type Run = (deps: PrivateCaDependencies, input: Members) => unknown

/** How long a token stands for the certificate that was asked for with it. */
const tokenLifetimeMs = 5 * 60_000
/** A certificate is valid an hour before it is made, so that clocks may differ. */
const backdatedMs = 60 * 60_000
/** Bytes. */
const csrLimit = 32_768

/** What is done with single certificates, by the names of AWS Private CA's API. */
export const certificateOperations: Readonly<Record<string, Run>> = {
  IssueCertificate(deps, input) {
    const now = deps.clock.now()
    const authority = authorityOf(deps, input)
    if (statusOf(authority, now) !== 'ACTIVE')
      throw new AwsError(
        'InvalidStateException',
        400,
        'The certificate authority is not in a valid state for issuing certificates',
      )
    const token = optionalText(input, 'IdempotencyToken')
    const known = token === undefined ? undefined : authority.tokens.get(checkedToken(token))
    if (known !== undefined && now - known.askedAt < tokenLifetimeMs)
      return { CertificateArn: known.certificateArn }
    const issued = issue(authority, input, now, deps.authorities.issuingMs)
    const certificateArn = `${authority.arn}/certificate/${issued.serial}`
    authority.issued.set(certificateArn, issued)
    if (token !== undefined) authority.tokens.set(token, { certificateArn, askedAt: now })
    return { CertificateArn: certificateArn }
  },

  GetCertificate(deps, input) {
    const authority = authorityOf(deps, input)
    if (authority.set === 'DELETED') throw notInState(authority, 'to have issued certificates')
    const certificateArn = text(input, 'CertificateArn')
    const issued = authority.issued.get(certificateArn)
    if (issued === undefined) throw notFound(`Could not find certificate ${certificateArn}`)
    if (issued.readyAt > deps.clock.now())
      throw new AwsError('RequestInProgressException', 400, `The certificate is in progress`)
    // Without a line feed at the end, as AWS answers it.
    return { Certificate: issued.certificatePem.trim(), CertificateChain: authority.certificatePem.trim() }
  },

  RevokeCertificate(deps, input) {
    const authority = authorityOf(deps, input)
    const now = deps.clock.now()
    if (statusOf(authority, now) !== 'ACTIVE') throw notInState(authority, 'to revoke certificates')
    const serial = serialOf(text(input, 'CertificateSerial'))
    const reason = oneOf(input, 'RevocationReason', reasons)
    const issued = [...authority.issued.values()].find(one => one.serial === serial)
    if (issued === undefined) throw notFound(`Could not find a certificate with serial number ${serial}`)
    if (issued.revocation !== undefined)
      throw new AwsError('RequestAlreadyProcessedException', 400, 'The certificate is revoked already')
    issued.revocation = { at: now, reason }
  },
}

const reasons = {
  UNSPECIFIED: true,
  KEY_COMPROMISE: true,
  CERTIFICATE_AUTHORITY_COMPROMISE: true,
  AFFILIATION_CHANGED: true,
  SUPERSEDED: true,
  CESSATION_OF_OPERATION: true,
  PRIVILEGE_WITHDRAWN: true,
  A_A_COMPROMISE: true,
} as const

/** AWS documents pairs of digits in lower case with colons between them; nothing else is taken here. */
function serialOf(text: string): string {
  if (/^[\da-f]{2}(?::[\da-f]{2})*$/.test(text)) return text.replaceAll(':', '')
  throw validationError(`Value '${text}' at 'certificateSerial' must be of the form aa:bb:cc`)
}

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', 400, message)

function checkedToken(token: string): string {
  if (token.length <= 36) return token
  throw validationError(`Value '${token}' at 'idempotencyToken' must have length less than or equal to 36`)
}

function issue(
  authority: PrivateAuthority,
  input: Members,
  now: number,
  issuingMs: number,
): IssuedCertificate {
  checkTemplate(optionalText(input, 'TemplateArn'))
  const algorithm = oneOf(input, 'SigningAlgorithm', signingAlgorithms)
  checkFamily(authority.keyAlgorithm, algorithm)
  const request = readCsr(text(input, 'Csr'))
  const endsAt = endOfValidity(input, now)
  if (endsAt > authority.certificate.validToDate.getTime())
    throw validationError('The certificate validity specified exceeds the certificate authority validity')
  if (authority.usageMode === 'SHORT_LIVED_CERTIFICATE' && endsAt > now + shortLivedMs)
    throw validationError('A short-lived certificate authority issues for 7 days at most')
  const der = issueCertificate(
    authority.issuer,
    { ...request, notBefore: new Date(now - backdatedMs), notAfter: new Date(endsAt), purpose: 'end-entity' },
    signingAlgorithms[algorithm].hash,
  )
  const serial = new X509Certificate(der).serialNumber.toLowerCase()
  return { certificatePem: pemOf('CERTIFICATE', der), serial, readyAt: now + issuingMs }
}

function checkTemplate(templateArn: string | undefined): void {
  if (templateArn === undefined || templateArn.endsWith(':acm-pca:::template/EndEntityCertificate/V1')) return
  throw validationError(`The template ${templateArn} is not imitated here`)
}

/** The blob is the request in PEM. */
function readCsr(base64: string): SigningRequest {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > csrLimit) throw validationError(`Value at 'csr' must have at most ${csrLimit} bytes`)
  try {
    return readSigningRequest(bytes.toString('latin1'))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new AwsError('MalformedCSRException', 400, error.message)
  }
}
