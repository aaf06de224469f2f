import type { X509Certificate } from 'node:crypto'
import type { Issuer } from '../certificates/issue.ts'
import type { CaKeyAlgorithm, SigningAlgorithm } from './ca-algorithms.ts'

export const usageModes = { GENERAL_PURPOSE: true, SHORT_LIVED_CERTIFICATE: true } as const
export type UsageMode = keyof typeof usageModes

/** A private authority with everything that it has issued. Times are in milliseconds since the epoch. */
export interface PrivateAuthority {
  arn: string
  keyAlgorithm: CaKeyAlgorithm
  signingAlgorithm: SigningAlgorithm
  usageMode: UsageMode
  /** As it was asked for, to be described. */
  subject: Readonly<Record<string, unknown>>
  issuer: Issuer
  certificate: X509Certificate
  certificatePem: string
  createdAt: number
  changedAt: number
  /** What it was set to; an expired one is told from its certificate. */
  set: 'ACTIVE' | 'DISABLED' | 'DELETED'
  /** By ARN. */
  issued: Map<string, IssuedCertificate>
  /** What was asked for with each idempotency token. */
  tokens: Map<string, { certificateArn: string; askedAt: number }>
}

export interface IssuedCertificate {
  certificatePem: string
  /** Hexadecimal, without separators. */
  serial: string
  /** It is told as being in progress until then. */
  readyAt: number
  revocation?: { at: number; reason: string }
}

export type AuthorityStatus = PrivateAuthority['set'] | 'EXPIRED'

export function statusOf({ set, certificate }: PrivateAuthority, now: number): AuthorityStatus {
  return set !== 'DELETED' && certificate.validToDate.getTime() <= now ? 'EXPIRED' : set
}
