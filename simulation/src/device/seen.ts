import type { ProbeOutcome } from '@rotator/rotation/device/comparison'
import type { Slot } from '@rotator/rotation/device/effects'

export interface Probed {
  slot: Slot
  outcome: ProbeOutcome
}

/** The ids of a commit, or of an answer to one; each is missing where the message has none. */
export interface CommitIds {
  jobId: unknown
  executionNumber: unknown
  certificateId: unknown
  turn: unknown
}

/** As many as three comparisons try. */
const remembered = 9

/** What a device asked, heard and tried last, as the wire had it: what its decisions are held against. */
export class Seen {
  /** Oldest first. */
  probes: readonly Probed[] = []
  #question: CommitIds | undefined
  readonly #answers = new Map<string, CommitIds>()

  probed(slot: Slot, outcome: ProbeOutcome): void {
    this.probes = [...this.probes, { slot, outcome }].slice(-remembered)
  }

  /** A message that the device publishes. */
  said(payload: string): void {
    const ids = idsIn(payload)
    if (typeof ids.certificateId === 'string' && typeof ids.turn === 'number') this.#question = ids
  }

  heard(topic: string, payload: string): void {
    const [verdict] = /commit\/(?:accepted|rejected)$/u.exec(topic) ?? []
    if (verdict === undefined) return
    const isFinal = verdict === 'commit/accepted' || !payload.includes('"retryable":true')
    if (isFinal && isSame(idsIn(payload), this.#question)) this.#answers.set(verdict, idsIn(payload))
  }

  /** Whether this was the answer to a question of the device's, and to none but the last. */
  isAnsweredBy(verdict: 'commit/accepted' | 'commit/rejected'): boolean {
    const answer = this.#answers.get(verdict)
    return answer !== undefined && isSame(answer, this.#question)
  }
}

const isSame = (one: CommitIds, other: CommitIds | undefined): boolean =>
  one.jobId === other?.jobId &&
  one.executionNumber === other?.executionNumber &&
  one.certificateId === other?.certificateId &&
  one.turn === other?.turn

function idsIn(payload: string): CommitIds {
  const { jobId, executionNumber, certificateId, turn } = Object(parsed(payload)) as Partial<CommitIds>
  return { jobId, executionNumber, certificateId, turn }
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}
