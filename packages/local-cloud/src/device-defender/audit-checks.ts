import { invalidRequest } from '../api/aws-error.ts'
import type { Certificate } from '../certificates/certificates.ts'
import { isVulnerableKey } from './vulnerable-keys.ts'

/** What a check objects to in one certificate. */
export interface Objection {
  severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'
  reason: string
  reasonCode: string
  additionalInfo: Record<string, string>
}

export interface AuditCheck {
  /** The name of its threshold in the account's configuration, and what it is unless set. */
  threshold?: { name: string; usualDays: number }
  objectTo(certificate: Certificate, nowMs: number, thresholdDays: number): Objection | undefined
}

const dayMs = 86_400_000
const iso = (ms: number): string => new Date(ms).toISOString()

/**
 * The checks that this cloud can make, on active certificates.
 *
 * AWS IoT Device Defender, developer guide, "Audit checks": names, severities, reason codes and thresholds.
 */
export const auditChecks: Readonly<Record<string, AuditCheck>> = {
  DEVICE_CERTIFICATE_AGE_CHECK: {
    threshold: { name: 'CERT_AGE_THRESHOLD_IN_DAYS', usualDays: 365 },
    objectTo: ({ createdAt }, nowMs, days) =>
      createdAt + days * dayMs > nowMs
        ? undefined
        : {
            severity: 'LOW',
            reason: `The certificate is older than ${days} days.`,
            reasonCode: 'CERTIFICATE_PAST_AGE_THRESHOLD',
            additionalInfo: { CREATION_DATE: iso(createdAt) },
          },
  },
  DEVICE_CERTIFICATE_EXPIRING_CHECK: {
    threshold: { name: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS', usualDays: 30 },
    objectTo: ({ notAfter }, nowMs, days) =>
      notAfter > nowMs + days * dayMs
        ? undefined
        : {
            severity: 'MEDIUM',
            reason:
              notAfter > nowMs
                ? `The certificate expires within ${days} days.`
                : 'The certificate has expired.',
            reasonCode:
              notAfter > nowMs ? 'CERTIFICATE_APPROACHING_EXPIRATION' : 'CERTIFICATE_PAST_EXPIRATION',
            additionalInfo: { EXPIRATION_TIME: iso(notAfter) },
          },
  },
  DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: {
    objectTo: ({ certificatePem }) =>
      isVulnerableKey(certificatePem)
        ? {
            severity: 'CRITICAL',
            reason: 'The key of the certificate is weak.',
            reasonCode: 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361',
            additionalInfo: {},
          }
        : undefined,
  },
}

/** @throws AwsError for a name that this cloud cannot check */
export function checkNamed(name: string): AuditCheck {
  const check = Object.hasOwn(auditChecks, name) ? auditChecks[name] : undefined
  if (check !== undefined) return check
  throw invalidRequest(
    `'${name}' is no audit check of this cloud; it has ${Object.keys(auditChecks).join(', ')}`,
  )
}
