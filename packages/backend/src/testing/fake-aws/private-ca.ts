import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { parseCsr } from '@rotator/protocol/x509/csr'
import type { PrivateCaSettings } from '../../issuers/private-ca-settings.ts'
import { commonName, issueCertificate } from '../fake-certificates.ts'
import { AwsFailure, json, type Operation, type WireCall } from './wire.ts'

export const testAuthority: PrivateCaSettings = {
  authorityArn: 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/ca',
  signingAlgorithm: 'SHA256WITHECDSA',
  validityDays: 7,
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sign = (subject: Buffer, key: Buffer): string =>
  issueCertificate(subject, key, undefined, privateKey).pem
const root = sign(commonName('Fake AWS'), publicKey.export({ type: 'spki', format: 'der' }))

const serialOf = (pem: string): string =>
  new X509Certificate(pem).serialNumber.toLowerCase().match(/../gu)?.join(':') ?? ''

interface Issued {
  pem: string
  /** What it was asked for with. */
  request: Record<string, unknown>
  revokedFor?: string
}

/** One authority of AWS Private CA: repeats told by their token, slow issuing, revocation. */
export class FakePrivateCa {
  /** By ARN, in the order of their issue. */
  readonly issued = new Map<string, Issued>()
  /** How many of the next questions for a certificate come while it is still in progress. */
  inProgress = 0
  /** Whether what was ordered under an ARN has failed, and stays so. */
  failsForGood: (arn: string) => boolean = () => false
  /** What the authority says of itself. */
  description: Record<string, unknown> = {
    Status: 'ACTIVE',
    NotAfter: Date.UTC(2040, 0, 1) / 1000,
    UsageMode: 'GENERAL_PURPOSE',
    CertificateAuthorityConfiguration: { KeyAlgorithm: 'EC_prime256v1' },
  }
  #tokens = new Map<unknown, string>()

  /** The time in which a token stands for its request is over. */
  forgetTokens(): void {
    this.#tokens.clear()
  }

  readonly operations: Operation[] = [
    this.#operation('IssueCertificate', input => {
      const known = this.#tokens.get(input.IdempotencyToken)
      if (known !== undefined) return { CertificateArn: known }
      const csr = parseCsr(Buffer.from(String(input.Csr), 'base64').toString())
      if (!csr.ok) throw new AwsFailure(400, 'MalformedCSRException', csr.problem)
      const arn = `${testAuthority.authorityArn}/certificate/${this.issued.size}`
      const pem = sign(csr.value.subject, csr.value.publicKey)
      this.issued.set(arn, { pem, request: input })
      this.#tokens.set(input.IdempotencyToken, arn)
      return { CertificateArn: arn }
    }),
    this.#operation('GetCertificate', input => {
      if (this.failsForGood(String(input.CertificateArn))) throw new AwsFailure(400, 'RequestFailedException')
      if (this.inProgress > 0) {
        this.inProgress -= 1
        throw new AwsFailure(400, 'RequestInProgressException')
      }
      const { pem } = this.#find(arn => arn === input.CertificateArn)
      return { Certificate: pem.trim(), CertificateChain: root }
    }),
    this.#operation('DescribeCertificateAuthority', () => ({ CertificateAuthority: this.description })),
    this.#operation('GetCertificateAuthorityCertificate', () => ({ Certificate: root })),
    this.#operation('RevokeCertificate', input => {
      const one = this.#find((_, { pem }) => serialOf(pem) === input.CertificateSerial)
      if (one.revokedFor !== undefined) throw new AwsFailure(400, 'RequestAlreadyProcessedException')
      one.revokedFor = String(input.RevocationReason)
      return {}
    }),
  ]

  #find(isIt: (arn: string, issued: Issued) => boolean): Issued {
    const found = [...this.issued].find(([arn, issued]) => isIt(arn, issued))?.[1]
    if (found === undefined) throw new AwsFailure(400, 'ResourceNotFoundException')
    return found
  }

  #operation(name: string, answer: (input: Record<string, unknown>) => object): Operation {
    const perform = ({ body }: WireCall) => json(answer(JSON.parse(body)))
    return { name, method: 'POST', path: [''], perform }
  }
}
