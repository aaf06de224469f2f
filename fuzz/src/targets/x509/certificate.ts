import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import type { FileSystem } from '@rotator/component/identities/files/file-system'
import { checkCertificate } from '@rotator/component/keys/check-certificate'
import { readCertificate } from '@rotator/component/keys/identity-facts'
import { distinguishedName, issueCertificate } from '@rotator/local-cloud/certificates/issue'
import { certificateParts, firstCertificate } from '@rotator/protocol/x509/certificate'
import { DerError } from '@rotator/protocol/x509/der'
import { mutateDer } from '../../mutation/der.ts'
import { encode, pemOf } from '../../mutation/pem.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { knownKey, knownKeyPem, knownSpki } from './known-key.ts'

const now = Date.parse('2026-06-01T00:00:00Z')
const dayMs = 24 * 60 * 60 * 1000
const name = distinguishedName([['CN', 'AWS IoT Certificate']])

/** A certificate in PEM as it comes from the cloud, for a key that waits for it. */
export const certificate: Target = {
  name: 'certificate',
  mutate: pemOf(mutateDer),
  execute(input) {
    const pem = input.toString()
    claimParts(pem)
    const check = checkCertificate(files, {
      certificatePem: pem,
      keyPath: '/key',
      currentCertificatePath: '/certificate',
      now,
    })
    if (check.kind !== 'certificate-usable') {
      return 'reason' in check ? wordsOf(check.reason) : check.kind
    }
    // OpenSSL reads the PEM that will be stored, as the nucleus is going to.
    const read = opened(check.pem)
    claim(read !== undefined, 'what would be stored cannot be opened')
    const id = createHash('sha256').update(read.raw).digest('hex')
    claim(id === check.certificateId, 'the id is not that of the certificate that would be stored')
    claim(read.checkPrivateKey(knownKey), 'it is for another key')
    const [from, until] = [Date.parse(read.validFrom), Date.parse(read.validTo)]
    claim(
      until > now && from <= now + dayMs,
      `accepted, though valid from ${read.validFrom} to ${read.validTo}`,
    )
    claim(read.subject === 'CN=AWS IoT Certificate', `accepted with the subject ${read.subject}`)
    return 'usable'
  },
  seeds: () => ({
    fitting: issued({}),
    chain: `# a chain\r\n${issued({})}${issued({ notAfter: new Date(now) })}`,
    expired: issued({ notAfter: new Date(now - 1) }),
    future: issued({ notBefore: new Date(now + 2 * dayMs) }),
    'other-subject': issued({ subject: distinguishedName([['CN', 'dev1']]) }),
    authority: issued({ purpose: 'ca' }),
  }),
}

const issued = (differently: Partial<Parameters<typeof issueCertificate>[1]>): string =>
  encode(
    'CERTIFICATE',
    issueCertificate(
      { name: distinguishedName([['CN', 'An authority']]), privateKey: knownKey },
      {
        subject: name,
        publicKeyInfo: knownSpki,
        notBefore: new Date('2026-01-01T00:00:00Z'),
        notAfter: new Date('2049-12-31T23:59:59Z'),
        purpose: 'client',
        ...differently,
      },
    ),
  )

const current = issued({})
const read = (path: string): Buffer => Buffer.from(path === '/key' ? knownKeyPem : current)
/** The two files that the check reads. */
const files = { read } as Partial<FileSystem> as FileSystem

/** Subject and key that are found in the bytes are those that OpenSSL finds. */
function claimParts(pem: string): void {
  const block = firstCertificate(pem)
  if (block === undefined) return
  const read = opened(block.der)
  let parts: ReturnType<typeof certificateParts>
  try {
    parts = certificateParts(block.der)
  } catch (error) {
    if (error instanceof DerError) return
    throw error
  }
  const facts = readCertificate(pem)
  if (read === undefined || facts === undefined) return
  const key = createPublicKey({ key: parts.publicKey, format: 'der', type: 'spki' })
  claim(key.equals(read.publicKey), 'another key stands where OpenSSL finds one')
  claim(facts.publicKey.equals(key), 'another key was read than stands there')
}

function opened(certificate: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate)
  } catch {
    return undefined
  }
}
