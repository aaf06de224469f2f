import { failedDetails } from '@rotator/protocol/messages/status-details'
import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { beginJob, updateJob, updateOutcome } from '../jobs.ts'
import { type Move, reenter, stay } from '../move.ts'
import { currentProbed, goOnAlone } from '../silence.ts'
import type { In } from '../state.ts'
import { armTimer } from '../timers.ts'
import { askAgainMs } from '../times.ts'
import { goToClose, goToIdle } from '../ways.ts'

export const failEntry = (state: In<'fail'>): Effect[] => [
  report(state),
  armTimer('fail', 'again', askAgainMs(state.live.attempt)),
]

/** Reports FAILED until it is recorded: before a switch at once, after one only with the record's agreement. */
export function fail(state: In<'fail'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
    case 'unreadable':
      return reenter(state)
    case 'timer':
      return event.name === 'again' ? reportAgain(state) : stay(state)
    case 'current-probed':
      return currentProbed(state, event.outcome)
    case 'job-update-accepted':
    case 'job-update-rejected':
      return updated(state, event)
    default:
      return stay(state)
  }
}

/** An execution is begun before it fails, so that Jobs and the backend see the same order whatever went wrong. */
const report = ({ begun, execution, failure }: In<'fail'>): Effect =>
  begun
    ? updateJob(execution, 'FAILED', failedDetails('fail', failure.code, failure.reason))
    : beginJob('fail', execution)

function reportAgain(state: In<'fail'>): Move {
  const { attempt } = state.live
  return goOnAlone(
    state,
    askAgainMs(attempt),
    report(state),
    armTimer('fail', 'again', askAgainMs(attempt + 1)),
  )
}

function updated(state: In<'fail'>, event: DeviceEvent): Move {
  const outcome = updateOutcome(event, state.execution, state.begun ? 'FAILED' : 'IN_PROGRESS')
  if (outcome === 'open') return stay(state)
  if (outcome === 'over' || state.begun) return recorded(state)
  return reenter({ ...state, begun: true, live: { ...state.live, attempt: 0 } })
}

const recorded = (state: In<'fail'>): Move =>
  state.unread ? goToIdle('fail-unread', state, state.failure) : goToClose('fail-recorded', state)
