import { createPublicKey, X509Certificate } from 'node:crypto'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import { distinguishedName, issueCertificate, pemOf } from '../certificates/issue.ts'
import type { Clock } from '../clock.ts'
import { type CaKeyAlgorithm, caKeyAlgorithms, checkFamily, type SigningAlgorithm } from './ca-algorithms.ts'
import { type Members, validationError } from './members.ts'
import type { PrivateAuthority, UsageMode } from './private-authority.ts'

const yearMs = 365 * 24 * 3_600_000
const backdatedMs = 3_600_000

export interface NewAuthority {
  /** A UUID; default: a new one. */
  id?: string
  keyAlgorithm?: CaKeyAlgorithm
  signingAlgorithm?: SigningAlgorithm
  usageMode?: UsageMode
  subject?: Members
  /** From now on; default: ten years. */
  validForMs?: number
}

/** The private authorities of the account, and how slow they are. */
export class PrivateAuthorities {
  /** Time in which an accepted request is not issued yet. AWS takes about a second. */
  issuingMs = 250
  readonly #account: Account
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #authorities = new Map<string, PrivateAuthority>()

  constructor(account: Account, clock: Clock, newId: () => string) {
    this.#account = account
    this.#clock = clock
    this.#newId = newId
  }

  /** Makes a root authority with its certificate in place. */
  async create(wanted: NewAuthority = {}): Promise<PrivateAuthority> {
    const { keyAlgorithm = 'RSA_2048', usageMode = 'GENERAL_PURPOSE', subject = {} } = wanted
    const { family, generate } = caKeyAlgorithms[keyAlgorithm]
    const { signingAlgorithm = `SHA256WITH${family}` } = wanted
    checkFamily(keyAlgorithm, signingAlgorithm)
    const name = distinguishedName(nameParts(subject))
    const { privateKey } = await generate()
    const issuer = { name, privateKey }
    const now = this.#clock.now()
    const der = issueCertificate(issuer, {
      subject: name,
      publicKeyInfo: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
      notBefore: new Date(now - backdatedMs),
      notAfter: new Date(now + (wanted.validForMs ?? 10 * yearMs)),
      purpose: 'ca',
    })
    const authority: PrivateAuthority = {
      arn: arn(this.#account, 'acm-pca', `certificate-authority/${wanted.id ?? this.#newId()}`),
      keyAlgorithm,
      signingAlgorithm,
      usageMode,
      subject,
      issuer,
      certificate: new X509Certificate(der),
      certificatePem: pemOf('CERTIFICATE', der),
      createdAt: now,
      changedAt: now,
      set: 'ACTIVE',
      issued: new Map(),
      tokens: new Map(),
    }
    this.#authorities.set(authority.arn, authority)
    return authority
  }

  async createAll(wanted: readonly NewAuthority[] = []): Promise<void> {
    for (const one of wanted) await this.create(one)
  }

  get(authorityArn: string): PrivateAuthority {
    if (!/^arn:[\w+=/,.@-]+:acm-pca:[\w+=/,.@-]*:\d*:certificate-authority\/[\w-]+$/.test(authorityArn))
      throw new AwsError('InvalidArnException', 400, `The ARN ${authorityArn} is not that of an authority`)
    const authority = this.#authorities.get(authorityArn)
    if (authority === undefined)
      throw new AwsError(
        'ResourceNotFoundException',
        400,
        `Could not find certificate authority ${authorityArn}`,
      )
    return authority
  }
}

const attributes = {
  Country: 'C',
  Organization: 'O',
  OrganizationalUnit: 'OU',
  State: 'ST',
  Locality: 'L',
  CommonName: 'CN',
} as const

function nameParts(subject: Members): (readonly [string, string])[] {
  const parts = Object.entries(attributes).flatMap(([member, type]) => {
    const value = subject[member]
    return typeof value === 'string' ? [[type, value] as const] : []
  })
  const unknown = Object.keys(subject).find(member => !Object.hasOwn(attributes, member))
  if (unknown !== undefined) throw validationError(`The subject's ${unknown} is not imitated here`)
  return parts.length > 0 ? parts : [['CN', 'Local Cloud Private CA']]
}
