import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId } from '@rotator/protocol/x509/certificate'
import { parseCsr } from '@rotator/protocol/x509/csr'
import { bitString, context, element, oid, sequence, smallInteger, tags } from '@rotator/protocol/x509/der'
import { encodePem } from '@rotator/protocol/x509/pem'
import { signatureAlgorithm } from '@rotator/protocol/x509/signature-algorithm'

/** An authority for tests: real X.509 that `node:crypto` and `openssl` read. */
const authorityKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const authorityName = 'Fake AWS'
const generalizedTime = 0x18

export const commonName = (text: string): Buffer =>
  sequence(element(tags.set, sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from(text)))))

export interface IssuedCertificate {
  id: CertificateId
  pem: string
}

/**
 * @param notAfter ISO 8601, as `2049-12-31T23:59:59Z`
 * @param key signs it; every authority here has the same name unless it is said
 */
export function issueCertificate(
  subject: Buffer,
  publicKey: Buffer,
  notAfter = '2049-12-31T23:59:59Z',
  key = authorityKey,
  issuer = authorityName,
): IssuedCertificate {
  const algorithm = signatureAlgorithm('ECDSA-WITH-SHA256')
  const toBeSigned = sequence(
    element(context(0), smallInteger(2)),
    element(tags.integer, Buffer.from([1]), randomBytes(15)),
    algorithm,
    commonName(issuer),
    sequence(time('2020-01-01T00:00:00Z'), time(notAfter)),
    subject,
    publicKey,
  )
  const der = sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, key)))
  return { id: certificateId(der), pem: encodePem('CERTIFICATE', der) }
}

const time = (iso: string): Buffer => element(generalizedTime, Buffer.from(iso.replaceAll(/[-:T]/gu, '')))

/** As an authority answers a request. */
export function certificateFor(csr: string): string {
  const parsed = parseCsr(csr)
  if (!parsed.ok) throw new Error(parsed.problem)
  return issueCertificate(parsed.value.subject, parsed.value.publicKey).pem
}
