import type { Effect } from './effects.ts'
import type { DeviceEvent, Message } from './events.ts'
import { freshLive } from './live.ts'
import { type Move, stay } from './move.ts'
import { onEntry } from './on-entry.ts'
import { noticePartner } from './partner.ts'
import { ask } from './phases/ask.ts'
import { check } from './phases/check.ts'
import { close } from './phases/close.ts'
import { commit } from './phases/commit.ts'
import { consent } from './phases/consent.ts'
import { fail } from './phases/fail.ts'
import { finish } from './phases/finish.ts'
import { forward } from './phases/forward.ts'
import { idle } from './phases/idle.ts'
import { install } from './phases/install.ts'
import { restart } from './phases/restart.ts'
import { rollback } from './phases/rollback.ts'
import { heard } from './silence.ts'
import type { State } from './state.ts'
import type { EdgeId } from './transitions.ts'

export interface Advanced {
  state: State
  effects: Effect[]
  /** The row of the transition table that was taken, where the phase was left. */
  edge?: EdgeId
}

/**
 * One step of the device: total, without clock, input, output or chance.
 *
 * The caller journals the new state durably before it performs the effects, in their order, and gives their
 * outcomes back as events, one at a time. The first event of a process is `started`.
 */
export function advance(before: State, event: DeviceEvent): Advanced {
  const { state, effects, enter, edge } = take(notice(before, event), event)
  return {
    state,
    effects: enter ? [...effects, ...onEntry(state)] : effects,
    ...(edge === undefined ? {} : { edge }),
  }
}

const messages: Readonly<Record<Message['kind'], true>> = {
  'next-job': true,
  'next-job-rejected': true,
  'job-described': true,
  'job-not-described': true,
  'job-update-accepted': true,
  'job-update-rejected': true,
  'create-accepted': true,
  'create-rejected': true,
  'commit-accepted': true,
  'commit-rejected': true,
}

const isMessage = (event: DeviceEvent): event is Message => Object.hasOwn(messages, event.kind)

/** What an event means in every phase alike. */
function notice(state: State, event: DeviceEvent): State {
  if (event.kind === 'started' || event.kind === 'unreadable')
    return { ...state, service: event.service, live: freshLive }
  if (event.kind === 'service-restarted') return { ...state, service: event.service }
  if (event.kind === 'timer') return { ...state, live: { ...state.live, isDeaf: event.deaf ?? false } }
  return isMessage(event) ? heard(noticePartner(state, event)) : state
}

function take(state: State, event: DeviceEvent): Move {
  if (event.kind === 'timer' && event.phase !== state.phase) return stay(state)
  switch (state.phase) {
    case 'idle':
      return idle(state, event)
    case 'ask':
      return ask(state, event)
    case 'check':
      return check(state, event)
    case 'install':
      return install(state, event)
    case 'restart':
      return restart(state, event)
    case 'commit':
      return commit(state, event)
    case 'finish':
      return finish(state, event)
    case 'rollback':
      return rollback(state, event)
    case 'consent':
      return consent(state, event)
    case 'forward':
      return forward(state, event)
    case 'fail':
      return fail(state, event)
    case 'close':
      return close(state, event)
  }
}
