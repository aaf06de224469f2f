import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import { newLost } from '../reasons.ts'
import type { In } from '../state.ts'
import { facts, inUse, onNew } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs } from '../times.ts'
import { goToClose, goToRestart } from '../ways.ts'

export const forwardEntry = (state: In<'forward'>): Effect[] => [
  { kind: 'roll-forward', ...onNew(state) },
  armTimer('forward', 'again', lookAgainMs),
]

/** Goes to NEW again, because the record has decided for it or OLD is refused. OLD is kept until that is settled. */
export function forward(state: In<'forward'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return inUse(event.found, state) === 'other' ? goToClose('forward-by-hand', state) : reenter(state)
    case 'timer':
      return event.name === 'again' ? reenter(state) : stay(state)
    case 'rolled-forward':
      return goToRestart('forward-to-restart', state, null, 0)
    case 'previous-lost':
      return alone(state)
    default:
      return stay(state)
  }
}

/** OLD is what is left, so the device stays on it and asks on: only the record can let it report that. */
const alone = (state: In<'forward'>): Move =>
  go('forward-lost', {
    phase: 'consent',
    ...facts(state),
    failure: newLost,
    alone: true,
    overruled: false,
  })
