import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import type { In } from '../state.ts'
import { facts, inUse, onOld } from '../switched.ts'
import { armTimer } from '../timers.ts'
import { lookAgainMs } from '../times.ts'
import { goToClose, goToRestart } from '../ways.ts'

export const rollbackEntry = (state: In<'rollback'>): Effect[] => [
  { kind: 'roll-back', ...onOld(state) },
  armTimer('rollback', 'again', lookAgainMs),
]

/** Restores OLD first; agreeing and reporting come after. NEW is kept, since the record may decide for it. */
export function rollback(state: In<'rollback'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return inUse(event.found, state) === 'other' ? goToClose('rollback-by-hand', state) : reenter(state)
    case 'timer':
      return event.name === 'again' ? reenter(state) : stay(state)
    case 'rolled-back':
      return goToRestart('rollback-to-restart', state, state.failure, 0)
    case 'previous-lost':
      return alone(state)
    default:
      return stay(state)
  }
}

/**
 * NEW is what is left, so the device stays on it and asks the record on. It reports no failure: that would have the
 * cloud retire NEW. What it asks with says that there is no way back, for the end of an execution would settle on OLD.
 */
const alone = (state: In<'rollback'>): Move =>
  go('rollback-lost', {
    phase: 'commit',
    ...facts(state),
    repeated: true,
    refusal: null,
    over: false,
    alone: true,
  })
