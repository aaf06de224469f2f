import type { ExecutionId } from '@rotator/protocol/ids'
import { go, type Move } from './move.ts'
import type { Failure, ServiceDigest, Switched } from './state.ts'
import { facts } from './switched.ts'
import type { EdgeId } from './transitions.ts'

/** The ways that more than one phase takes; each names the edge that it takes it by. */

export const goToRestart = (edge: EdgeId, state: Switched, failure: Failure | null, restarts: number): Move =>
  go(edge, { phase: 'restart', ...facts(state), restarts, before: state.service, failure })

/** Every change of sides is a turn of its own, so that answers to what was said before it are known as stale. */
export const goToRollback = (edge: EdgeId, state: Switched, failure: Failure): Move =>
  go(edge, { phase: 'rollback', ...facts(state), restarts: 0, turn: state.turn + 1, failure })

export const goToForward = (edge: EdgeId, state: Switched): Move =>
  go(edge, { phase: 'forward', ...facts(state), restarts: 0, turn: state.turn + 1 })

interface Begun {
  service: ServiceDigest
  restarts: number
  execution: ExecutionId
}

/**
 * @param begun whether Jobs has recorded IN_PROGRESS
 * @param unread whether it fails because what is stored could not be read
 */
export const goToFail = (
  edge: EdgeId,
  { service, restarts, execution }: Begun,
  failure: Failure,
  begun: boolean,
  unread = false,
): Move => go(edge, { phase: 'fail', service, restarts, execution, failure, begun, unread })

export const goToClose = (edge: EdgeId, { service, restarts }: Omit<Begun, 'execution'>): Move =>
  go(edge, { phase: 'close', service, restarts })

/** @param unread why what is stored could not be read; null where it was */
export const goToIdle = (
  edge: EdgeId,
  { service, restarts }: Omit<Begun, 'execution'>,
  unread: Failure | null,
): Move => go(edge, { phase: 'idle', service, restarts, making: null, leftover: null, unread })
