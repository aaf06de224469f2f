import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { type Move, stay } from './move.ts'
import type { In } from './state.ts'
import { armTimer } from './timers.ts'
import { restartAgainMs } from './times.ts'

/** To a device on NEW, that NEW is kept is no reason to leave it: the message came over OLD's connection. */
export const isFromBefore = (code: RejectionCode | undefined): boolean =>
  code === 'RESTART_PENDING' || code === 'NEW_CERTIFICATE_KEPT'

/**
 * The cloud sees a connection from before the switch. One restart is made at once; after that each waits for
 * its window, since a Greengrass that reads its identity from elsewhere would be restarted for ever.
 */
export function restartPending(state: In<'commit' | 'finish' | 'consent'>, restartNow: () => Move): Move {
  if (state.restarts === 0) return restartNow()
  if (state.live.restartDue) return stay(state)
  return stay(
    { ...state, live: { ...state.live, restartDue: true } },
    armTimer(state.phase, 'restart', restartAgainMs(state.restarts - 1)),
  )
}
