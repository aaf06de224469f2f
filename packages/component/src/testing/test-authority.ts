import 'reflect-metadata'
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import { cryptoProvider, PublicKey, X509CertificateGenerator } from '@peculiar/x509'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import { csrDigest, parseCsr } from '@rotator/protocol/x509/csr'

cryptoProvider.set(webcrypto)
const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 60 * 60 * 1000

export interface TestIdentity {
  certificatePem: string
  keyPem: string
  certificateId: CertificateId
}

export interface CertificateWishes {
  subject?: string
  notBefore?: number
  notAfter?: number
}

export const idOf = (pem: string): CertificateId =>
  certificateId(firstCertificate(pem)?.der ?? Buffer.alloc(0))

/** A certificate authority for tests, made by another library than the one under test. */
export class TestAuthority {
  readonly #keys = webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
  readonly #issued = new Map<string, string>()

  /** Issues for a request; again the same for the same request, as the backend does. */
  async issue(csrPem: string, wishes: CertificateWishes = {}): Promise<string> {
    const key = csrDigest(csrPem) + JSON.stringify(wishes)
    const before = this.#issued.get(key)
    if (before !== undefined) return before
    const csr = parseCsr(csrPem)
    if (!csr.ok) throw new Error(csr.problem)
    const pem = await this.#certificate(csr.value.publicKey, wishes)
    this.#issued.set(key, pem)
    return pem
  }

  async identity(
    wishes: CertificateWishes = {},
    privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  ): Promise<TestIdentity> {
    const publicKey = createPublicKey(privateKey)
    const certificatePem = await this.#certificate(publicKey.export({ type: 'spki', format: 'der' }), wishes)
    const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { certificatePem, keyPem, certificateId: idOf(certificatePem) }
  }

  async #certificate(publicKey: Buffer, wishes: CertificateWishes): Promise<string> {
    const certificate = await X509CertificateGenerator.create({
      subject: wishes.subject ?? 'CN=AWS IoT Certificate',
      issuer: 'CN=Test Authority',
      notBefore: new Date(wishes.notBefore ?? Date.now() - dayMs),
      notAfter: new Date(wishes.notAfter ?? Date.now() + 365 * dayMs),
      publicKey: new PublicKey(publicKey),
      signingKey: (await this.#keys).privateKey,
      signingAlgorithm,
    })
    return `${certificate.toString('pem')}\n`
  }
}

/** An authority, with what it has issued to a device and what it has issued to somebody else. */
export async function deviceAndStranger() {
  const authority = new TestAuthority()
  const [identity, other] = [await authority.identity(), await authority.identity()]
  return { authority, issue: async (csr: string) => authority.issue(csr), identity, other }
}

/** The same key under a passphrase, as tools store it. */
export function encrypted(keyPem: string): string {
  const key = createPrivateKey(keyPem)
  return key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString()
}
