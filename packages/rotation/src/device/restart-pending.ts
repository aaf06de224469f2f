import { type Move, stay } from './move.ts'
import type { In } from './state.ts'
import { armTimer } from './timers.ts'
import { restartAgainMs } from './times.ts'

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
