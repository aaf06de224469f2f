import type { Effect } from '../effects.ts'
import type { DeviceEvent, Found } from '../events.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import { putBackByHand } from '../reasons.ts'
import type { In } from '../state.ts'
import { facts, inUse } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { restartAgainMs } from '../times.ts'
import { goToClose, goToForward, goToRollback } from '../ways.ts'

export const restartEntry = ({ restarts }: In<'restart'>): Effect[] => [
  { kind: 'restart-service' },
  armTimer('restart', 'restart', restartAgainMs(restarts)),
]

/** Waits for another life of Greengrass: only that one connects with what is configured now. */
export function restart(state: In<'restart'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return (
        byHand(state, event.found) ?? (state.service === state.before ? reenter(state) : restarted(state))
      )
    case 'service-restarted':
      return state.service === state.before ? stay(state) : restarted(state)
    case 'timer':
      return event.name === 'restart' ? reenter({ ...state, restarts: state.restarts + 1 }) : stay(state)
    default:
      return stay(state)
  }
}

function restarted(state: In<'restart'>): Move {
  return state.failure === null
    ? go('restart-to-commit', { phase: 'commit', ...facts(state), refusal: null, over: false, alone: false })
    : go('restart-to-consent', {
        phase: 'consent',
        ...facts(state),
        failure: state.failure,
        alone: false,
        overruled: false,
      })
}

function byHand(state: In<'restart'>, found: Found): Move | undefined {
  const side = inUse(found, state)
  if (side === 'other') return goToClose('restart-by-hand', state)
  if (state.failure === null) {
    return side === 'old' ? goToRollback('restart-found-old', state, putBackByHand) : undefined
  }
  return side === 'new' ? goToForward('restart-found-new', state) : undefined
}
