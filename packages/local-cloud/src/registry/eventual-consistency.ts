/**
 * How late the registry tells the truth. AWS is eventually consistent here without saying how much; both are 0
 * unless a test sets them, and may be changed while the cloud runs.
 */
export interface EventualConsistency {
  /** Lists of principals, things and policies show the state of so many milliseconds ago. */
  listDelayMs: number
  /** For so many milliseconds after a detach, a deletion still finds what was detached. */
  detachDelayMs: number
}

export const consistent = (): EventualConsistency => ({ listDelayMs: 0, detachDelayMs: 0 })
