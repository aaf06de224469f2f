import { describe, expect, test } from 'vitest'
import { advance } from '../advance.ts'
import type { Effect } from '../effects.ts'
import { lookAtJob } from '../jobs.ts'
import { putBackByHand, refusedAfterSwitch } from '../reasons.ts'
import type { Failure, In } from '../state.ts'
import {
  bareCommitRejected,
  byNew,
  commitAccepted,
  commitRejected,
  compared,
  found,
  foundOnNew,
  foundOnOld,
  notRecorded,
  recorded,
  started,
  timer,
} from '../testing/events.ts'
import { begins, goes, type Row, stays } from '../testing/expected.ts'
import { pauseRows } from '../testing/pause-rows.ts'
import { live, newId, states, strangeId, x } from '../testing/states.ts'
import { armTimer } from '../timers.ts'

const { finish, close } = states
const over: In<'finish'> = { ...finish, over: true }
const v1: In<'finish'> = { ...finish, backend: 'v1' }
const report: Effect = {
  kind: 'update-job',
  execution: x,
  status: 'SUCCEEDED',
  statusDetails: { CertificateRotator: 'true', phase: 'finish', certificateId: newId },
  clientToken: 'rotator-SUCCEEDED-2',
}
const confirm: Effect = { kind: 'publish-commit', request: { ...byNew, confirmed: true } }
const compare: Effect = { kind: 'compare', reference: 'previous', trial: 'current' }
const again = (afterMs: number) => armTimer('finish', 'again', afterMs)
const lookLater = armTimer('finish', 'look', 60_000)
const closes = goes('finish-recorded', close)
const rejection = (code: string) => commitRejected({ ...byNew, code, errorMsg: 'No.' })
const refusal: Failure = { code: 'ABANDONED', reason: 'The cloud rejected the commit: No.' }
const refused: In<'finish'> = { ...over, refusal, live: live({ look: 'probing' }) }
const ended = notRecorded('SUCCEEDED', 'InvalidStateTransition', 'TIMED_OUT')
const rollsBack = (edge: 'finish-rejected' | 'finish-refused' | 'finish-found-old', failure: Failure) =>
  goes(edge, { ...states.rollback, repeated: true, failure })

test.each<Row>([
  ['recorded', finish, recorded('SUCCEEDED'), closes],
  [
    'M8: recorded before, its reply lost',
    finish,
    notRecorded('SUCCEEDED', 'InvalidStateTransition', 'SUCCEEDED'),
    closes,
  ],
  [
    'M8: lost: again',
    finish,
    timer('finish'),
    stays({ ...finish, live: live({ attempt: 1, silentMs: 5_000 }) }, report, again(10_000)),
  ],
  [
    'M8: throttled: the timer reports again',
    finish,
    notRecorded('SUCCEEDED', 'RequestThrottled'),
    stays(finish),
  ],
  [
    'M8, M6: the execution has ended: confirm instead',
    { ...finish, live: live({ attempt: 3 }) },
    ended,
    begins(over),
  ],
  [
    'D17: the job is gone: confirm instead',
    finish,
    notRecorded('SUCCEEDED', 'ResourceNotFound'),
    begins(over),
  ],
  ['C18: a version 1 backend knows no confirmation', v1, ended, goes('finish-v1-over', close)],
  ['C18: recorded with a version 1 backend', v1, recorded('SUCCEEDED'), closes],
  ['over: told again', over, ended, stays(over)],
  ['over: recorded after all', over, recorded('SUCCEEDED'), closes],
  ['M13: another update', finish, recorded('IN_PROGRESS'), stays(finish)],
  ['over: confirmed', over, commitAccepted({ ...byNew, confirmed: true }), closes],
  ['over: accepted, but not confirmed', over, commitAccepted(byNew), stays(over)],
  [
    'over: confirmed for an earlier turn',
    { ...over, turn: 2 },
    commitAccepted({ ...byNew, confirmed: true }),
    stays({ ...over, turn: 2 }),
  ],
  [
    'over: a bare confirmation from nobody',
    { ...over, backend: 'unknown' },
    commitAccepted({ confirmed: true }),
    stays({ ...over, backend: 'unknown' }),
  ],
  [
    'M7: the commit is accepted once more',
    finish,
    commitAccepted({ ...byNew, confirmed: true }),
    stays(finish),
  ],
  [
    'M6: over: no answer: again, and is anybody there',
    over,
    timer('finish'),
    stays({ ...over, live: live({ attempt: 1, silentMs: 5_000 }) }, confirm, lookAtJob(x), again(10_000)),
  ],
  ['M7: a late rejection of the commit', finish, rejection('ABANDONED'), stays(finish)],
  ['over: rejected for good: is OLD refused?', over, rejection('ABANDONED'), stays(refused, compare)],
  [
    'over: the same while a comparison is under way',
    { ...over, live: live({ look: 'probing' }) },
    rejection('ABANDONED'),
    stays(refused),
  ],
  [
    'over: rejected for an earlier turn',
    over,
    commitRejected({ ...byNew, turn: 7, code: 'ABANDONED' }),
    stays(over),
  ],
  [
    'C18: over: a version 1 backend has done all that it will do',
    { ...over, backend: 'v1' },
    bareCommitRejected,
    goes('finish-v1-over', close),
  ],
  ['over: the backend is version 2 by now', { ...over, backend: 'v1' }, rejection('TRY_LATER'), stays(over)],
  ['over: retryable', over, rejection('TRY_LATER'), stays(over)],
  ['D10: over: the record knows a higher turn', over, rejection('STALE_TURN'), stays({ ...over, turn: 1 })],
  [
    'over: NEW is kept, so the connection is OLD',
    over,
    rejection('NEW_CERTIFICATE_KEPT'),
    goes('finish-restart-pending', { ...states.restart, repeated: true, restarts: 1 }),
  ],
  [
    'over: the connection is from before',
    over,
    rejection('RESTART_PENDING'),
    goes('finish-restart-pending', { ...states.restart, repeated: true, restarts: 1 }),
  ],
  [
    'over: again from before: the restart waits',
    { ...over, restarts: 1 },
    rejection('RESTART_PENDING'),
    stays({ ...over, restarts: 1, live: live({ restartDue: true }) }, armTimer('finish', 'restart', 120_000)),
  ],
  [
    'over: its window has passed',
    { ...over, restarts: 1 },
    timer('finish', 'restart'),
    goes('finish-restart-pending', { ...states.restart, repeated: true, restarts: 2 }),
  ],
  ['no other timer', finish, timer('finish', 'settle'), stays(finish)],
  ['D1: started again', { ...finish, live: live({ attempt: 2 }) }, started(foundOnNew), begins(finish)],
  [
    'D11: OLD was put back by hand',
    finish,
    started(foundOnOld),
    rollsBack('finish-found-old', putBackByHand),
  ],
  [
    'C21: another identity by hand',
    finish,
    started(found({ current: strangeId })),
    goes('finish-by-hand', close),
  ],
  ['an event of another phase', finish, { kind: 'installed' }, stays(finish)],
])('finish: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

describe('finish, the way back', () => {
  const silent = (silentMs: number, evidence = 0): In<'finish'> => ({
    ...finish,
    live: live({ look: 'probing', silentMs, evidence }),
  })
  const paused = (silentMs: number, evidence = 0) =>
    stays({ ...finish, live: live({ look: 'waiting', silentMs, evidence }) }, lookLater)

  test.each<Row>([
    [
      'rejected, OLD is accepted',
      refused,
      compared('accepted', 'accepted'),
      rollsBack('finish-rejected', refusal),
    ],
    [
      'rejected, OLD is refused',
      refused,
      compared('accepted', 'refused'),
      stays({ ...refused, live: live({ look: 'waiting' }) }, lookLater),
    ],
    [
      'rejected: looks again',
      { ...refused, live: live({ look: 'waiting' }) },
      timer('finish', 'look'),
      stays(refused, compare),
    ],
    [
      'C13: NEW refused for the third time',
      silent(160_000, 2),
      compared('refused', 'accepted'),
      rollsBack('finish-refused', refusedAfterSwitch),
    ],
    [
      'C13: NEW refused for the first time',
      silent(160_000),
      compared('refused', 'accepted'),
      paused(160_000, 1),
    ],
    [
      'NEW is accepted: Greengrass is restarted where it is',
      silent(120_000),
      compared('accepted', 'accepted'),
      stays({ ...finish, restarts: 1 }, { kind: 'restart-service' }),
    ],
    [
      'no probe is possible: never a question, OLD may be retired',
      silent(9_000_000),
      compared('impossible', 'impossible'),
      paused(9_000_000),
    ],
    ['D4: unreachable', silent(60_000, 2), compared('unreachable', 'unreachable'), paused(60_000)],
    ...pauseRows(finish),
    [
      'begins to look',
      { ...finish, live: live({ silentMs: 25_000 }) },
      timer('finish'),
      stays(
        { ...finish, live: live({ attempt: 1, silentMs: 30_000, look: 'probing' }) },
        report,
        again(10_000),
        compare,
      ),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})
