import { createHash, X509Certificate } from 'node:crypto'
import { type Account, arn } from '../account.ts'
import { AwsError, invalidRequest, resourceNotFound } from '../api/aws-error.ts'

export type CertificateStatus = 'ACTIVE' | 'INACTIVE' | 'REVOKED'
/** DEFAULT came from this cloud's authority; SNI_ONLY was registered without one. */
export type CertificateMode = 'DEFAULT' | 'SNI_ONLY'

export interface Certificate {
  /** SHA-256 of the DER, 64 hex digits. */
  certificateId: string
  certificatePem: string
  status: CertificateStatus
  mode: CertificateMode
  /** Milliseconds since the epoch, as all times here. */
  createdAt: number
  modifiedAt: number
  notBefore: number
  notAfter: number
  generationId: string
  /** Attributes of the subject by their short names (`CN`, `O`), for policy variables; several values per name. */
  subject: Readonly<Record<string, readonly string[]>>
}

export type CertificateChange = { certificateId: string; status: CertificateStatus | 'DELETED' }

const settable = new Set<string>(['ACTIVE', 'INACTIVE', 'REVOKED'])

/** The registered certificates. What is attached to them is kept elsewhere. */
export class Certificates {
  readonly #certificates = new Map<string, Certificate>()
  readonly #listeners: ((change: CertificateChange) => void)[] = []
  readonly #newId: () => string

  readonly #account: Account

  constructor(account: Account, newId: () => string) {
    this.#account = account
    this.#newId = newId
  }

  arnOf(certificateId: string): string {
    return arn(this.#account, 'iot', `cert/${certificateId}`)
  }

  find(certificateId: string): Certificate | undefined {
    return this.#certificates.get(certificateId)
  }

  get(certificateId: string): Certificate {
    const certificate = this.#certificates.get(certificateId)
    if (certificate === undefined) throw resourceNotFound(`Certificate with ID ${certificateId} not found`)
    return certificate
  }

  isActive(certificateId: string): boolean {
    return this.#certificates.get(certificateId)?.status === 'ACTIVE'
  }

  /** In the order of their creation. */
  all(): Certificate[] {
    return [...this.#certificates.values()]
  }

  register(
    certificatePem: string,
    mode: CertificateMode,
    status: CertificateStatus,
    now: number,
  ): Certificate {
    const x509 = readCertificate(certificatePem)
    const certificateId = createHash('sha256').update(x509.raw).digest('hex')
    if (this.#certificates.has(certificateId))
      throw alreadyRegistered(certificateId, this.arnOf(certificateId))
    const certificate: Certificate = {
      certificateId,
      certificatePem,
      status,
      mode,
      createdAt: now,
      modifiedAt: now,
      notBefore: x509.validFromDate.getTime(),
      notAfter: x509.validToDate.getTime(),
      generationId: this.#newId(),
      subject: subjectAttributes(x509.subject),
    }
    this.#certificates.set(certificateId, certificate)
    return certificate
  }

  /** Setting the status that it has changes nothing and is no error. */
  setStatus(certificateId: string, status: string, now: number): void {
    const certificate = this.get(certificateId)
    if (!isSettable(status))
      throw invalidRequest(`The status ${status} cannot be set. Use one of ${[...settable].join(', ')}`)
    if (certificate.status === status) return
    certificate.status = status
    certificate.modifiedAt = now
    this.#tell({ certificateId, status })
  }

  /** Throws where the certificate is still active. */
  checkDeletable(certificateId: string): void {
    if (this.get(certificateId).status === 'ACTIVE')
      throw new AwsError(
        'CertificateStateException',
        406,
        `Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`,
      )
  }

  delete(certificateId: string): void {
    this.checkDeletable(certificateId)
    this.#certificates.delete(certificateId)
    this.#tell({ certificateId, status: 'DELETED' })
  }

  /** Called after each change of a status, and after a deletion. */
  onChange(listener: (change: CertificateChange) => void): void {
    this.#listeners.push(listener)
  }

  #tell(change: CertificateChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}

function isSettable(status: string): status is CertificateStatus {
  return settable.has(status)
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new AwsError('CertificateValidationException', 400, 'The certificate cannot be parsed')
  }
}

function alreadyRegistered(resourceId: string, resourceArn: string): AwsError {
  return new AwsError(
    'ResourceAlreadyExistsException',
    409,
    'The certificate is already provisioned or registered',
    { resourceId, resourceArn },
  )
}

/** Reads node's form of a name: one `TYPE=value` a line, with backslashes before some characters. */
function subjectAttributes(subject: string | undefined): Record<string, string[]> {
  const attributes: Record<string, string[]> = {}
  for (const line of (subject ?? '').split('\n')) {
    const at = line.indexOf('=')
    if (at < 1) continue
    const value = line.slice(at + 1).replaceAll(/\\(.)/g, '$1')
    attributes[line.slice(0, at)] = [...(attributes[line.slice(0, at)] ?? []), value]
  }
  return attributes
}
