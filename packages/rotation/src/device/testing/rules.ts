import type { Advanced } from '../advance.ts'
import type { EffectKind } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import type { Phase, State } from '../state.ts'
import { type EdgeId, type Transition, transitions } from '../transitions.ts'

/** From these FAILED may be reported: the device never left OLD, or the record agrees that it is on OLD. */
const mayFail: Phase[] = ['idle', 'ask', 'check', 'install', 'consent', 'fail']

/** Where an order that touches identities or reports an end has its only places. */
const places: Partial<Record<EffectKind | 'SUCCEEDED' | 'FAILED', Phase[]>> = {
  SUCCEEDED: ['finish'],
  FAILED: ['fail'],
  'make-pending': ['idle'],
  install: ['install'],
  'undo-install': ['install'],
  // Without a job that could be asked about, an idle device goes to the side that the endpoint accepts.
  'roll-back': ['rollback', 'idle'],
  'roll-forward': ['forward', 'idle'],
  'drop-identities': ['close'],
}

/** What must hold for any step, whatever the state and the event. Returns what does not, in words. */
export function brokenRules(state: State, event: DeviceEvent, step: Advanced): string[] {
  const next = step.state
  const broken = Object.entries({
    'the edge is the one of the table': followsTable(state.phase, next.phase, step.edge),
    'FAILED only before a switch or with consent': next.phase !== 'fail' || mayFail.includes(state.phase),
    'SUCCEEDED only after commit was accepted':
      next.phase !== 'finish' || state.phase === 'finish' || event.kind === 'commit-accepted',
    'consent is asked for over OLD, and only after a rollback, or where there is nothing else':
      next.phase !== 'consent' || ['consent', 'restart'].includes(state.phase) || next.alone,
    'nothing is dropped of what could not be read':
      next.phase !== 'close' || !('unread' in state && Boolean(state.unread)) || event.kind === 'started',
    'the turn never shrinks': !('turn' in state && 'turn' in next) || next.turn >= state.turn,
    'the execution never changes':
      !('execution' in state && 'execution' in next) || next.execution === state.execution,
  }).flatMap(([rule, holds]) => (holds ? [] : [rule]))
  return [...broken, ...step.effects.flatMap(effect => misplaced(effect, next))]
}

function followsTable(from: Phase, to: Phase, edge: EdgeId | undefined): boolean {
  if (edge === undefined) return from === to
  const row: Transition = transitions[edge]
  return row.from === from && row.to === to
}

function misplaced(effect: Advanced['effects'][number], next: State): string[] {
  const place =
    places[effect.kind === 'update-job' && effect.status !== 'IN_PROGRESS' ? effect.status : effect.kind]
  const isTimerOfOthers = effect.kind === 'arm-timer' && effect.phase !== next.phase
  const losesAnIdentity =
    'current' in effect &&
    'oldCertificateId' in next &&
    'newCertificateId' in next &&
    new Set([effect.current, effect.previous, next.oldCertificateId, next.newCertificateId]).size !== 2
  return [
    ...(place !== undefined && !place.includes(next.phase)
      ? [`${effect.kind} only in ${place.join(', ')}`]
      : []),
    ...(isTimerOfOthers ? ['timers only for the phase itself'] : []),
    ...(losesAnIdentity ? [`${effect.kind} keeps both identities`] : []),
  ]
}
