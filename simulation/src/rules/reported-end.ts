import { brokenByReport, type Violation } from '@rotator/rotation/invariants'
import { knownCertificates, type RotationRecord } from '@rotator/rotation/record/record'

/** What is known of a device as the end of its execution that it reported takes effect. */
export interface Reporter {
  hasSwitched: boolean
  /** The certificate that Greengrass connects with; undefined where it can load none. */
  used: string | undefined
}

/**
 * Rule 4, asked of what a device reported.
 *
 * A device that somebody gave an identity by hand goes back to that one, and the record, which does not know it, agrees to
 * nothing for whoever asks with it. The device is on neither of the record's two then, so it depends on neither.
 */
export function brokenByReportedEnd(
  record: RotationRecord,
  status: 'SUCCEEDED' | 'FAILED',
  { hasSwitched, used }: Reporter,
): Violation[] {
  const isByHand = used !== undefined && !knownCertificates(record).some(id => id === used)
  return brokenByReport(record, { status, hasSwitched: hasSwitched && !isByHand })
}
