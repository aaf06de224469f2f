import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { Evidence } from '@rotator/rotation/invariants'
import type { Watched } from './watched.ts'

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
  const isRecent = (atMs: number) => nowMs - atMs < recentMs
  const { current, previous } = device.refusedAtMs
  switch (edge) {
    case 'commit-rejected':
    case 'finish-rejected':
      return isRecent(device.lastFinalRejectionAtMs) ? 'final-rejection' : undefined
    case 'commit-refused':
    case 'finish-refused':
      return isRecent(current) ? 'new-refused-old-accepted' : undefined
    case 'commit-question':
      // An endpoint that refuses both tells as little as none.
      return !device.isProbePossible || (isRecent(current) && isRecent(previous))
        ? 'as-a-question'
        : undefined
    default:
      return 'not-a-rollback'
  }
}
