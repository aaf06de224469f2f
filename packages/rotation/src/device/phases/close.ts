import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import type { In } from '../state.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs } from '../times.ts'

export const closeEntry = (): Effect[] => [
  { kind: 'drop-identities' },
  armTimer('close', 'again', lookAgainMs),
]

/** All is settled and reported: only now are the keys that are not in use dropped. */
export function close(state: In<'close'>, event: DeviceEvent): Move {
  const { service, restarts } = state
  switch (event.kind) {
    case 'started':
      return reenter(state)
    case 'timer':
      return event.name === 'again' ? reenter(state) : stay(state)
    case 'identities-dropped':
      return go('close-to-idle', { phase: 'idle', service, restarts, making: null, leftover: null })
    default:
      return stay(state)
  }
}
