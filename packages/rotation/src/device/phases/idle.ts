import { readAlgorithmNames } from '@rotator/protocol/algorithm-names'
import { chooseAlgorithms } from '@rotator/protocol/algorithms'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import type { ExecutionId } from '@rotator/protocol/ids'
import { isRotation } from '@rotator/protocol/messages/job-document'
import { isOver, type JobExecution } from '@rotator/protocol/messages/jobs'
import { fromFound, isUnsettled, resume } from '../derive.ts'
import type { Effect } from '../effects.ts'
import type { Configured, DeviceEvent, Found } from '../events.ts'
import { readDocument } from '../jobs.ts'
import { go, type Move, reenter, stay } from '../move.ts'
import { compareSides, sideChanged, sidesCompared } from '../sides.ts'
import { compareBoth, currentProbed, goOnAlone, lookOn } from '../silence.ts'
import type { Failure, In } from '../state.ts'
import { armPoll } from '../timers.ts'
import { pollMs, pollSpreadMs, pollsAtRest } from '../times.ts'
import { goToFail } from '../ways.ts'

export function idleEntry({ making }: In<'idle'>): Effect[] {
  const make: Effect[] = making === null ? [] : [makePending(making)]
  return [...make, { kind: 'get-next-job' }, armPoll]
}

const makePending = ({ execution, algorithms }: NonNullable<In<'idle'>['making']>): Effect => ({
  kind: 'make-pending',
  execution,
  algorithms,
})

/** Waits for a rotation job, and makes the key and the CSR for it before anybody is told. */
export function idle(state: In<'idle'>, event: DeviceEvent): Move {
  switch (event.kind) {
    case 'started':
      return started({ ...state, unread: null }, event.found)
    case 'unreadable':
      // Of a key that is being made nobody was told, so its job comes again.
      return reenter({ ...state, making: null, unread: event.failure })
    case 'timer':
      return event.name === 'again' ? pollOn(state) : lookOn(state, state.live.silentMs > 0, compareBoth)
    case 'current-probed':
      return event.outcome === 'refused' && state.leftover !== null
        ? compareSides(state)
        : currentProbed(state, event.outcome)
    case 'compared':
      return state.leftover === null ? stay(state) : sidesCompared(state, state.leftover, event.comparison)
    case 'rolled-back':
    case 'rolled-forward':
      return state.leftover === null ? stay(state) : sideChanged(state, state.leftover)
    case 'next-job':
      return considered({ ...state, live: { ...state.live, isAnswered: true } }, event)
    case 'job-described':
      return considered(state, event)
    case 'pending-made':
      return state.making === null ? stay(state) : goToAsk(state, state.making, event)
    case 'pending-not-made':
      return state.making === null
        ? stay(state)
        : refuse(state, state.making.execution, event.code, event.reason)
    default:
      return stay(state)
  }
}

/** Without an answer, or with something left to clear up, every poll asks; else the hour's only one. */
function pollOn(state: In<'idle'>): Move {
  const { isAnswered, rests } = state.live
  const isAtRest = isAnswered && state.leftover === null && state.unread === null
  if (isAtRest && rests + 1 < pollsAtRest)
    return stay({ ...state, live: { ...state.live, rests: rests + 1 } }, armPoll)
  const asking = { ...state, live: { ...state.live, isAnswered: false, rests: 0 } }
  // Nobody was asked for anything, so that nothing was heard lately is no silence.
  return goOnAlone(asking, isAnswered ? 0 : pollMs - pollSpreadMs, { kind: 'get-next-job' }, armPoll)
}

/** Nobody was told yet of a key that is being made, so it can wait for a switch that turns out not to be settled. */
const started = (state: In<'idle'>, found: Found): Move =>
  state.making === null || isUnsettled(found) ? fromFound({ ...state, making: null }, found) : reenter(state)

/**
 * A job that nobody began cannot be that of a switch which is not settled, so it may fail: an operator learns what is
 * wrong. Nothing is said of any other before what is stored was read.
 */
const considerUnread = (state: In<'idle'>, job: JobExecution, failure: Failure): Move =>
  job.status === 'QUEUED' ? refuseUnread(state, job, failure) : stay(state)

const considered = (
  state: In<'idle'>,
  { execution, configured }: Extract<DeviceEvent, { kind: 'next-job' | 'job-described' }>,
): Move => (execution === undefined ? stay(state) : consider(state, execution, configured))

function consider(state: In<'idle'>, job: JobExecution, configured: Configured): Move {
  const { jobId, executionNumber, status, jobDocument } = job
  const execution = { jobId, executionNumber }
  if (isOver(status) || state.making !== null) return stay(state)
  if (jobDocument === undefined) {
    // Read once: another team's job may stay at the head of the queue for long, and its document may be long.
    return jobId === state.live.passedOver ? stay(state) : stay(state, readDocument(execution))
  }
  if (!isRotation(jobDocument)) return stay({ ...state, live: { ...state.live, passedOver: jobId } })
  if (state.unread !== null) return considerUnread(state, job, state.unread)
  if (state.leftover !== null) return resume(state, state.leftover, execution, status === 'QUEUED')
  return begin(state, execution, jobDocument, configured)
}

/** The algorithms that the document names count for its job, in place of those of the configuration. */
function begin(state: In<'idle'>, execution: ExecutionId, document: unknown, configured: Configured): Move {
  const { keyAlgorithm, signingAlgorithm } = readAlgorithmNames(document, configured)
  const chosen = chooseAlgorithms(keyAlgorithm, signingAlgorithm)
  if (!chosen.ok) {
    return refuse(state, execution, 'ALGORITHM_NOT_ALLOWED', chosen.problem)
  }
  const extended = Object.keys(Object(document)).length > 1
  const making = { execution, algorithms: chosen.algorithms, extended }
  return stay({ ...state, making }, makePending(making))
}

function goToAsk(
  { service, restarts }: In<'idle'>,
  { execution, extended }: NonNullable<In<'idle'>['making']>,
  { csrDigest, oldCertificateId }: Extract<DeviceEvent, { kind: 'pending-made' }>,
): Move {
  return go('idle-to-ask', {
    phase: 'ask',
    service,
    restarts,
    execution,
    backend: 'unknown',
    extended,
    csrDigest,
    oldCertificateId,
    begun: false,
  })
}

const refuse = (state: In<'idle'>, execution: ExecutionId, code: FailureCode, reason: string): Move =>
  goToFail('idle-to-fail', { ...state, execution }, { code, reason }, false)

const refuseUnread = (state: In<'idle'>, { jobId, executionNumber }: ExecutionId, failure: Failure): Move =>
  goToFail('idle-to-fail', { ...state, execution: { jobId, executionNumber } }, failure, false, true)
