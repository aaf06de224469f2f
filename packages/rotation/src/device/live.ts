/** What only the running process knows. A restart of the component begins it anew, which is always safe. */
export interface Live {
  /** How often the present question was asked again. */
  attempt: number
  /** For how long at least nothing at all has been heard, in ms. */
  silentMs: number
  /** Comparisons in a row that showed the identity in use, or on trial, refused. */
  evidence: number
  /** Whether a comparison is under way, or the pause before the next one. */
  look: 'off' | 'probing' | 'waiting'
  /** A restart waits for its growing window to pass. */
  restartDue: boolean
  /** The job at the head of the queue whose document showed that it is not ours. */
  passedOver: string | null
}

export const freshLive: Live = {
  attempt: 0,
  silentMs: 0,
  evidence: 0,
  look: 'off',
  restartDue: false,
  passedOver: null,
}
