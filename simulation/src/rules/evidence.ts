import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { Evidence, Violation } from '@rotator/rotation/invariants'
import type { Probed, Seen } from '../device/seen.ts'

/**
 * What the world knows that a device could have gone back to OLD for; undefined where there is nothing. What the product
 * counts and compares is found out here by other means.
 */
export function evidenceFor(edge: EdgeId, seen: Seen): Evidence | undefined | 'not-a-rollback' {
  switch (edge) {
    case 'commit-rejected':
    case 'finish-rejected':
      return seen.isAnsweredBy('commit/rejected') ? 'final-rejection' : undefined
    case 'commit-refused':
    case 'finish-refused':
      return isRefusedThrice(seen.probes) ? 'new-refused-old-accepted' : undefined
    case 'commit-question':
      return showsNothing(seen.probes) ? 'as-a-question' : undefined
    default:
      return 'not-a-rollback'
  }
}

/** An answer counts only where it is to what the device asked last. */
export function brokenByAnswer(edge: EdgeId, seen: Seen): Violation[] {
  const isTaken = edge === 'commit-to-finish' || edge === 'commit-settled'
  return isTaken && !seen.isAnsweredBy('commit/accepted')
    ? [{ rule: 2, problem: 'the device went on without an answer to its question' }]
    : []
}

const refusal: readonly Probed[] = [
  { slot: 'previous', outcome: 'accepted' },
  { slot: 'current', outcome: 'refused' },
  { slot: 'previous', outcome: 'accepted' },
]

/** In three comparisons, one after the other: OLD is accepted before and after, and NEW is not. */
const isRefusedThrice = (probes: readonly Probed[]): boolean =>
  probes.length === 3 * refusal.length &&
  probes.every((probe, at) => {
    const wanted = refusal[at % refusal.length]
    return probe.slot === wanted?.slot && probe.outcome === wanted.outcome
  })

/** An endpoint that refuses both tells as little as none, and as one that the probe alone does not reach. */
function showsNothing(probes: readonly Probed[]): boolean {
  const last = probes.slice(-3).map(({ outcome }) => outcome)
  return last.includes('impossible') || ['refused', 'unreachable'].some(one => last.every(it => it === one))
}
