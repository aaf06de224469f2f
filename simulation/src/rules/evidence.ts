import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { Evidence } from '@rotator/rotation/invariants'
import type { Watched } from './rule-watch.ts'

/** How long ago a refusal or a rejection may have been, to be what a device acts on. */
const recentMs = 30 * 60_000

/**
 * What the world knows that a device could have gone back to OLD for; undefined where there is nothing.
 *
 * @param nowMs the time of the transition
 */
export function evidenceFor(
  edge: EdgeId,
  { device }: Pick<Watched, 'device'>,
  nowMs: number,
): Evidence | undefined | 'not-a-rollback' {
  switch (edge) {
    case 'commit-rejected':
    case 'finish-rejected':
      return nowMs - device.lastFinalRejectionAtMs < recentMs ? 'final-rejection' : undefined
    case 'commit-refused':
    case 'finish-refused':
      return nowMs - device.lastRefusedAtMs < recentMs ? 'new-refused-old-accepted' : undefined
    case 'commit-question':
      return nowMs - device.lastImpossibleAtMs < recentMs ? 'as-a-question' : undefined
    default:
      return 'not-a-rollback'
  }
}
