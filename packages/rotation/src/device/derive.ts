import type { ExecutionId } from '@rotator/protocol/ids'
import type { Found } from './events.ts'
import { freshLive } from './live.ts'
import { go, type Move, reenter } from './move.ts'
import { journalLost } from './reasons.ts'
import type { In, Leftover, ServiceDigest } from './state.ts'

/** What a device begins with, and what it falls back to when its journal is lost: nothing is intended. */
export const initialState = (service: ServiceDigest): In<'idle'> => ({
  phase: 'idle',
  service,
  restarts: 0,
  making: null,
  leftover: null,
  unread: null,
  live: freshLive,
})

/**
 * What an idle device makes of the identities that it finds. A second identity belongs to a switch that was not
 * settled: a lost journal, or a version 1 component that was replaced in the middle. It is kept until the
 * record has been asked, for which the execution must be known: from the store's note, else from Jobs.
 */
export function fromFound(state: In<'idle'>, found: Found): Move {
  const leftover = leftoverOf(found)
  if (leftover === null) {
    const remains = found.pending !== null || (found.previous !== null && found.previous === found.current)
    if (!remains) return reenter({ ...state, leftover })
    return go('idle-found-remains', { phase: 'close', service: state.service, restarts: state.restarts })
  }
  if (found.execution === null) return reenter({ ...state, leftover })
  return toRestart('idle-found-switch', state, leftover, found.execution, false)
}

/** Whether there is a second identity, which only the record can tell what to do with. */
export const isUnsettled = (found: Found): boolean => leftoverOf(found) !== null

function leftoverOf({ current, previous, newer }: Found): Leftover | null {
  if (current === null || previous === null || current === previous) return null
  return newer === 'current'
    ? { side: 'new', newCertificateId: current, oldCertificateId: previous }
    : { side: 'old', newCertificateId: previous, oldCertificateId: current }
}

/** @param isLater the job has not begun yet, so it is not the one of the switch; asking with it settles that one */
export const resume = (
  state: In<'idle'>,
  leftover: Leftover,
  execution: ExecutionId,
  isLater: boolean,
): Move => toRestart('idle-adopts', state, leftover, execution, isLater)

/** Whether Greengrass uses what is configured is not known, so it is restarted first. */
function toRestart(
  edge: 'idle-adopts' | 'idle-found-switch',
  { service }: In<'idle'>,
  { side, oldCertificateId, newCertificateId }: Leftover,
  execution: ExecutionId,
  adopted: boolean,
): Move {
  return go(edge, {
    phase: 'restart',
    service,
    restarts: 0,
    execution,
    backend: 'unknown',
    oldCertificateId,
    newCertificateId,
    turn: 0,
    repeated: true,
    adopted,
    blind: false,
    before: service,
    failure: side === 'old' ? journalLost : null,
  })
}
