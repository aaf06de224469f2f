import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { type Move, reenter, stay } from '../move.ts'
import type { In } from '../state.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs } from '../times.ts'
import { goToIdle } from '../ways.ts'

export const closeEntry = (): Effect[] => [
  { kind: 'drop-identities' },
  armTimer('close', 'again', lookAgainMs),
]

/**
 * All is settled and reported: only now are the keys that are not in use dropped.
 *
 * Where nothing can be dropped before somebody comes, it is left: the next jobs must be told why they cannot be done. What
 * is found once it can be read again says what is left to do.
 */
export function close(state: In<'close'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return event.found.current === null ? goToIdle('close-kept', state, null) : reenter(state)
    case 'unreadable':
      return goToIdle('close-kept', state, event.failure)
    case 'timer':
      return event.name === 'again' ? reenter(state) : stay(state)
    case 'identities-dropped':
      return goToIdle('close-to-idle', state, null)
    default:
      return stay(state)
  }
}
