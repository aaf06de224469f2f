/** What only the running process knows. A restart of the component begins it anew, which is always safe. */
export interface Live {
  /** How often the present question was asked again. */
  attempt: number
  /** For how long at least nothing at all has been heard, in ms. */
  silentMs: number
  /** For how long of that at least something would have been heard: the topics were, or could be, subscribed to. */
  listenedMs: number
  /** Whether the next job was told since it was last asked for. */
  isAnswered: boolean
  /** How many polls were let pass since then. */
  rests: number
  /** In the time that the latest timer waited nothing could be heard, for a reason of this component's own. */
  isDeaf: boolean
  /** Comparisons in a row that showed the identity in use, or on trial, refused. */
  evidence: number
  /** Whether a comparison is under way, or the pause before the next one. */
  look: 'off' | 'probing' | 'waiting'
  /** Comparisons in a row in which the probe reached nothing, while messages came. */
  outOfReach: number
  /** A restart waits for its growing window to pass. */
  restartDue: boolean
  /** Replies in a row that do not say what they answer, though the backend is one that does. */
  bareAnswers: number
  /** The attempt at which the last of them was counted: one counts for each question. */
  bareAt: number
  /** The job at the head of the queue whose document showed that it is not ours. */
  passedOver: string | null
}

export const freshLive: Live = {
  attempt: 0,
  silentMs: 0,
  listenedMs: 0,
  isAnswered: false,
  rests: 0,
  isDeaf: false,
  evidence: 0,
  look: 'off',
  outOfReach: 0,
  restartDue: false,
  bareAnswers: 0,
  bareAt: 0,
  passedOver: null,
}
