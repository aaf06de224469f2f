import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { type Move, reenter, stay } from '../move.ts'
import type { In } from '../state.ts'
import { inUse, onNew, onOld } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs } from '../times.ts'
import { goToClose, goToFail, goToRestart } from '../ways.ts'

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
      return state.undo === null
        ? stay(state)
        : goToFail('install-undone', state, { code: 'INSTALL_FAILED', reason: state.undo }, true)
    default:
      return stay(state)
  }
}

const place = (state: In<'install'>): Effect =>
  state.undo === null ? { kind: 'install', ...onNew(state) } : { kind: 'undo-install', ...onOld(state) }
