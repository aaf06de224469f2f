import { generateKeyPairSync } from 'node:crypto'
import {
  distinguishedName,
  type Issuer,
  issueCertificate,
  pemOf,
} from '@rotator/local-cloud/certificates/issue'
import { readSigningRequest } from '@rotator/local-cloud/certificates/signing-request'

export const simulatedIssuer: Issuer = {
  name: distinguishedName([['CN', 'Simulated AWS IoT']]),
  privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
}

const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') }
const issued = new Map<string, string>()

/**
 * The certificate that is issued for a request the n-th time. Real X.509, but made once a process: thousands of runs
 * ask for the same ones, in the same order, and signing would take most of their time.
 */
export function certificateFor(csr: string, nth: number): string {
  const key = `${nth} ${csr}`
  const known = issued.get(key)
  if (known !== undefined) return known
  const der = issueCertificate(simulatedIssuer, {
    ...readSigningRequest(csr),
    ...validity,
    purpose: 'client',
  })
  const pem = pemOf('CERTIFICATE', der)
  issued.set(key, pem)
  return pem
}
