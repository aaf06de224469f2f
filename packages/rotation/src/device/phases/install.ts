import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import type { In } from '../state.ts'
import { goToClose, goToRestart, inUse, onNew, onOld } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs } from '../times.ts'

export const installEntry = (state: In<'install'>): Effect[] => [
  place(state),
  armTimer('install', 'again', lookAgainMs),
]

/** Puts NEW in place and keeps OLD as previous, or puts everything back: never something in between. */
export function install(state: In<'install'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return inUse(event.found, state) === 'other' ? goToClose('install-by-hand', state) : reenter(state)
    case 'timer':
      return event.name === 'again' ? reenter(state) : stay(state)
    case 'installed':
      return state.undo === null ? goToRestart('install-to-restart', state, null, 0) : stay(state)
    case 'install-failed':
      return state.undo === null ? reenter({ ...state, undo: event.reason }) : stay(state)
    case 'install-undone':
      return state.undo === null ? stay(state) : undone(state, state.undo)
    default:
      return stay(state)
  }
}

const place = (state: In<'install'>): Effect =>
  state.undo === null ? { kind: 'install', ...onNew(state) } : { kind: 'undo-install', ...onOld(state) }

const undone = ({ service, restarts, execution }: In<'install'>, reason: string): Move =>
  go('install-undone', {
    phase: 'fail',
    service,
    restarts,
    execution,
    failure: { code: 'INSTALL_FAILED', reason },
    begun: true,
  })
