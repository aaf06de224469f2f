import type { FailureCode } from '../failure-codes.ts'
import type { CertificateId } from '../ids.ts'

/** The longest value that AWS IoT Jobs takes, in characters. */
export const statusDetailMaxLength = 1024

/**
 * The status details of every update that the device sends: each replaces the whole map, and the backend's
 * rule looks for `CertificateRotator`, so it is never left out.
 */
export type StatusDetails = Record<string, string>

/**
 * With the number of the execution, which every update of the device carries: the event of an execution's end repeats
 * its status details, and does not tell its number by itself.
 */
export const numberedDetails = (details: StatusDetails, executionNumber: number): StatusDetails => ({
  ...details,
  executionNumber: String(executionNumber),
})

export const progressDetails = (phase: string): StatusDetails => ({ CertificateRotator: 'true', phase })

export const succeededDetails = (phase: string, certificateId: CertificateId): StatusDetails => ({
  ...progressDetails(phase),
  certificateId,
})

/** @param reason a sentence for the operator; control characters and what is too long are dropped. */
export function failedDetails(phase: string, failureCode: FailureCode, reason: string): StatusDetails {
  return { ...progressDetails(phase), failureCode, DeviceFailureReason: printable(reason) }
}

function printable(reason: string): string {
  const text = reason
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, statusDetailMaxLength)
  // Cutting may leave half of a pair of surrogates, which is no character.
  return text.replace(/[\uD800-\uDBFF]$/u, '') || 'No reason was given.'
}
