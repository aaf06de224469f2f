import type { CertificateFacts } from '../../keys/identity-facts.ts'
import type { HeldCertificate, HeldKey, Holdings } from './holdings.ts'
import type { Labels } from './labels.ts'

export type CurrentPair =
  | { ok: true; certificate: HeldCertificate & { facts: CertificateFacts }; key: HeldKey }
  /** A sentence for the operator. */
  | { ok: false; problem: string }

/**
 * Judges what the nucleus would load: its two TLS libraries want exactly one private key and exactly one certificate of
 * the configured label, with one and the same CKA_ID.
 */
export function currentPair({ certificates, keys }: Holdings, { current }: Labels): CurrentPair {
  const [certificate, ...otherCertificates] = certificates.filter(({ label }) => label === current)
  const [key, ...otherKeys] = keys.filter(({ label }) => label === current)
  if (certificate === undefined) return problem(`The HSM holds no certificate labelled ${current}`)
  if (key === undefined) return problem(`The HSM holds no private key labelled ${current}`)
  if (otherCertificates.length > 0)
    return problem(`The HSM holds more than one certificate labelled ${current}`)
  if (otherKeys.length > 0) return problem(`The HSM holds more than one private key labelled ${current}`)
  const { facts } = certificate
  if (facts === undefined) return problem(`The certificate labelled ${current} in the HSM cannot be read`)
  if (!key.proves.includes(certificate.certificateId)) {
    return problem(
      `The private key labelled ${current} in the HSM does not belong to the certificate of that label (${certificate.certificateId}), or does not sign`,
    )
  }
  if (key.id !== certificate.id) {
    return problem(
      `Certificate and private key labelled ${current} in the HSM have different ids (CKA_ID), so Greengrass does not find the one by the other`,
    )
  }
  return { ok: true, certificate: { ...certificate, facts }, key }
}

const problem = (what: string): CurrentPair => ({
  ok: false,
  problem: `${what}. Put the device certificate and its own private key into the HSM, one of each, under that label and one id.`,
})
