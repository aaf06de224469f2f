import { describe, expect, test } from 'vitest'
import { advance } from '../advance.ts'
import type { Effect } from '../effects.ts'
import { lookAtJob } from '../jobs.ts'
import { notConnected, putBackByHand, refusedAfterSwitch } from '../reasons.ts'
import type { Failure, In } from '../state.ts'
import {
  bareCommitRejected,
  byNew,
  byOld,
  commitAccepted,
  commitRejected,
  compared,
  described,
  found,
  foundOnNew,
  foundOnOld,
  notDescribed,
  started,
  timer,
} from '../testing/events.ts'
import { begins, follow, goes, type Row, stays } from '../testing/expected.ts'
import { pauseRows } from '../testing/pause-rows.ts'
import { after, jobId, live, newId, oldId, states, strangeId, x } from '../testing/states.ts'
import { armTimer } from '../timers.ts'

const { commit, finish, close } = states
const repeated: In<'commit'> = { ...commit, repeated: true }
const v1: In<'commit'> = { ...commit, backend: 'v1' }
const ask: Effect = { kind: 'publish-commit', request: byNew }
const compare: Effect = { kind: 'compare', reference: 'previous', trial: 'current' }
const again = (afterMs: number) => armTimer('commit', 'again', afterMs)
const lookLater = armTimer('commit', 'look', 60_000)
const restarts = (count: number, facts: object = {}) =>
  goes('commit-restart-pending', { ...states.restart, ...facts, restarts: count })
const rollsBack = (
  edge: 'commit-rejected' | 'commit-refused' | 'commit-question' | 'commit-found-old',
  failure: Failure,
  facts: object = {},
) => goes(edge, { ...states.rollback, failure, ...facts })
const rejection = (code: string, errorMsg = 'No.') => commitRejected({ ...byNew, code, errorMsg })
const refusal: Failure = { code: 'EXECUTION_OVER', reason: 'The cloud rejected the commit: No.' }
const refused: In<'commit'> = { ...commit, refusal, live: live({ look: 'probing' }) }
const bare: Failure = {
  code: 'CLOUD_REFUSED',
  reason: 'The cloud rejected the commit: Pre-conditions not met',
}

test.each<Row>([
  ['accepted', commit, commitAccepted(byNew), goes('commit-to-finish', finish)],
  [
    'accepted: restarts are forgotten',
    { ...commit, restarts: 4 },
    commitAccepted(byNew),
    goes('commit-to-finish', finish),
  ],
  [
    'C18: accepted by a version 1 backend',
    { ...commit, backend: 'unknown' },
    commitAccepted({}),
    goes('commit-to-finish', { ...finish, backend: 'v1' }),
  ],
  [
    'a bare acceptance from nobody',
    commit,
    commitAccepted({}),
    stays({ ...commit, live: live({ bareAnswers: 1 }) }),
  ],
  [
    'M21: an earlier turn is accepted',
    { ...commit, turn: 2 },
    commitAccepted(byNew),
    stays({ ...commit, turn: 2 }),
  ],
  [
    'M13: an earlier execution is accepted',
    commit,
    commitAccepted({ ...byNew, executionNumber: 1 }),
    stays(commit),
  ],
  ['accepted after a rejection', refused, commitAccepted(byNew), goes('commit-to-finish', finish)],
  [
    'D15: accepted for a switch of an earlier execution',
    { ...repeated, adopted: true },
    commitAccepted(byNew),
    goes('commit-settled', close),
  ],
  [
    'M5: no answer: again, and Jobs is asked whether anybody is there',
    commit,
    timer('commit'),
    stays({ ...repeated, live: live({ attempt: 1, silentMs: 5_000 }) }, ask, lookAtJob(x), again(10_000)),
  ],
  [
    'C18: a version 1 backend is given time',
    v1,
    timer('commit'),
    stays(
      { ...v1, repeated: true, live: live({ attempt: 1, silentMs: 121_000, look: 'probing' }) },
      ask,
      lookAtJob(x),
      again(121_000),
      compare,
    ),
  ],
  ['D1: started again: what was asked may be recorded', commit, started(foundOnNew), begins(repeated)],
  [
    'D1: started again with a rejection',
    { ...refused, live: live() },
    started(foundOnNew),
    begins({ ...repeated, refusal }),
  ],
  ['D5: Greengrass restarted', commit, started(foundOnNew, after), begins({ ...repeated, service: after })],
  [
    'D2: no usable identity yet',
    commit,
    started(found({ current: null, previous: oldId })),
    begins(repeated),
  ],
  [
    'D11: OLD was put back by hand',
    commit,
    started(foundOnOld),
    rollsBack('commit-found-old', putBackByHand),
  ],
  [
    'C21: another identity by hand',
    commit,
    started(found({ current: strangeId })),
    goes('commit-by-hand', close),
  ],
  ['D16: the connection is from before: restart', commit, rejection('RESTART_PENDING'), restarts(1)],
  ['NEW is kept: so the connection is OLD', commit, rejection('NEW_CERTIFICATE_KEPT'), restarts(1)],
  [
    'the life to leave is the present one',
    { ...commit, service: after },
    rejection('RESTART_PENDING'),
    restarts(1, { service: after, before: after }),
  ],
  [
    'again from before: the next restart waits',
    { ...commit, restarts: 2 },
    rejection('RESTART_PENDING'),
    stays(
      { ...commit, restarts: 2, live: live({ restartDue: true }) },
      armTimer('commit', 'restart', 240_000),
    ),
  ],
  [
    'and is armed once',
    { ...commit, restarts: 2, live: live({ restartDue: true }) },
    rejection('RESTART_PENDING'),
    stays({ ...commit, restarts: 2, live: live({ restartDue: true }) }),
  ],
  ['its window has passed', { ...commit, restarts: 2 }, timer('commit', 'restart'), restarts(3)],
  ['D10: the record knows a higher turn', commit, rejection('STALE_TURN'), stays({ ...commit, turn: 1 })],
  ['C3: retryable: the timer asks again', commit, rejection('TRY_LATER'), stays(commit)],
  ['C16: the record was removed', commit, rejection('NO_RECORD'), stays(commit)],
  [
    'a newer retryable code',
    commit,
    commitRejected({ ...byNew, code: 'NEWER', retryable: true }),
    stays(commit),
  ],
  ['rejected for good: is OLD refused?', commit, rejection('EXECUTION_OVER'), stays(refused, compare)],
  [
    'while a comparison is under way',
    { ...commit, live: live({ look: 'probing' }) },
    rejection('EXECUTION_OVER'),
    stays(refused),
  ],
  [
    'a newer final code',
    commit,
    rejection('NEWER'),
    stays(
      {
        ...refused,
        refusal: { code: 'CLOUD_REFUSED', reason: 'The cloud rejected the commit with NEWER: No.' },
      },
      compare,
    ),
  ],
  [
    'M18: rejection of an earlier execution',
    commit,
    commitRejected({ ...byNew, executionNumber: 1, code: 'ABANDONED' }),
    stays(commit),
  ],
  [
    'M21: a late consent',
    commit,
    commitRejected({ ...byOld, code: 'OLD_CERTIFICATE_IN_USE' }),
    stays(commit),
  ],
  [
    'C18: the first answer of a version 1 backend',
    v1,
    bareCommitRejected,
    stays({ ...v1, refusal: bare, live: live({ look: 'probing' }) }, compare),
  ],
  [
    'C18: a first answer shows a version 1 backend',
    { ...commit, backend: 'unknown' },
    bareCommitRejected,
    stays({ ...v1, refusal: bare, live: live({ look: 'probing' }) }, compare),
  ],
  [
    'a code is evidence even after an unanswered one',
    repeated,
    rejection('EXECUTION_OVER'),
    stays({ ...refused, repeated: true }, compare),
  ],
  [
    'C18: after an unanswered one it is no evidence',
    { ...v1, repeated: true },
    bareCommitRejected,
    stays({ ...v1, repeated: true }),
  ],
  [
    'M13: a bare rejection from nobody',
    commit,
    bareCommitRejected,
    stays({ ...commit, live: live({ bareAnswers: 1 }) }),
  ],
  ['an event of another phase', commit, { kind: 'installed' }, stays(commit)],
])('commit: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

describe('commit, rejected for good', () => {
  test.each<Row>([
    ['OLD is accepted', refused, compared('accepted', 'accepted'), rollsBack('commit-rejected', refusal)],
    [
      'D4: OLD is unreachable',
      refused,
      compared('unreachable', 'unreachable'),
      rollsBack('commit-rejected', refusal),
    ],
    [
      'no probe is possible',
      refused,
      compared('impossible', 'impossible'),
      rollsBack('commit-rejected', refusal),
    ],
    [
      'C14: OLD is refused: wait',
      refused,
      compared('accepted', 'refused'),
      stays({ ...refused, live: live({ look: 'waiting' }) }, lookLater),
    ],
    [
      'C14: refused once',
      refused,
      compared('accepted', 'accepted', 'refused'),
      stays({ ...refused, live: live({ look: 'waiting' }) }, lookLater),
    ],
    [
      'C13: a policy refuses the probe, which then tells nothing of OLD',
      refused,
      compared('refused', 'refused'),
      rollsBack('commit-rejected', refusal),
    ],
    [
      'looks again',
      { ...refused, live: live({ look: 'waiting' }) },
      timer('commit', 'look'),
      stays(refused, compare),
    ],
    [
      'a comparison in the pause counts not',
      { ...refused, live: live({ look: 'waiting' }) },
      compared('accepted', 'accepted'),
      stays({ ...refused, live: live({ look: 'waiting' }) }),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })

  test('asks on, since the cloud may accept after all', () => {
    expect(advance({ ...refused, live: live({ look: 'waiting' }) }, timer('commit')).effects).toEqual([
      ask,
      lookAtJob(x),
      again(10_000),
    ])
  })
})

describe('commit, in silence', () => {
  const silent = (silentMs: number, changes: Partial<In<'commit'>> = {}): In<'commit'> => ({
    ...commit,
    live: live({ look: 'probing', silentMs }),
    ...changes,
  })
  const paused = (state: In<'commit'>, evidence = 0) =>
    stays({ ...state, live: { ...state.live, look: 'waiting', evidence } }, lookLater)

  test('both identities are compared once it has lasted 30 s', () => {
    const early = follow(commit, timer('commit'), timer('commit'))
    expect(early.effects).toEqual([ask, lookAtJob(x), again(20_000)])
    const step = advance(early.state, timer('commit'))
    expect(step).toEqual(
      stays(
        { ...repeated, live: live({ attempt: 3, silentMs: 35_000, look: 'probing' }) },
        ask,
        lookAtJob(x),
        again(40_000),
        compare,
      ),
    )
    expect(advance(step.state, timer('commit')).effects).toEqual([ask, lookAtJob(x), again(60_000)])
  })

  test.each<Row>([
    [
      'exactly 30 s are enough',
      { ...commit, live: live({ silentMs: 25_000 }) },
      timer('commit'),
      stays(
        { ...repeated, live: live({ attempt: 1, silentMs: 30_000, look: 'probing' }) },
        ask,
        lookAtJob(x),
        again(10_000),
        compare,
      ),
    ],
    [
      'D4: unreachable: nothing follows, however long',
      silent(9_000_000),
      compared('unreachable', 'unreachable'),
      paused(silent(9_000_000)),
    ],
    [
      'D7: refused once is no evidence',
      silent(60_000),
      compared('refused', 'accepted'),
      paused(silent(60_000), 1),
    ],
    [
      'D7: three times',
      silent(160_000, { live: live({ look: 'probing', silentMs: 160_000, evidence: 2 }) }),
      compared('refused', 'accepted'),
      rollsBack('commit-refused', refusedAfterSwitch),
    ],
    ['C13: a policy refuses both', silent(60_000), compared('refused', 'refused'), paused(silent(60_000))],
    [
      'C13: which for long is as good as no probe',
      silent(600_000),
      compared('refused', 'refused'),
      rollsBack('commit-question', notConnected),
    ],
    [
      'NEW is accepted, so Greengrass should be connected',
      silent(120_000),
      compared('accepted', 'accepted'),
      goes('commit-not-connected', { ...states.restart, restarts: 1 }),
    ],
    [
      'the same, in a growing window',
      silent(120_000, { restarts: 1 }),
      compared('accepted', 'accepted'),
      paused(silent(120_000, { restarts: 1 })),
    ],
    ['not yet', silent(119_000), compared('accepted', 'accepted'), paused(silent(119_000))],
    [
      'no probe is possible: not for long yet',
      silent(599_000),
      compared('impossible', 'impossible'),
      paused(silent(599_000)),
    ],
    [
      'no probe is possible: OLD is tried, as a question',
      silent(600_000),
      compared('impossible', 'impossible'),
      rollsBack('commit-question', notConnected),
    ],
    [
      'after two turns much later',
      silent(1_200_000, { turn: 2 }),
      compared('impossible', 'impossible'),
      paused(silent(1_200_000, { turn: 2 })),
    ],
    ...pauseRows(commit),
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})

describe('C18: commit with a version 1 backend that cannot say whether it has recorded', () => {
  const unsure: In<'commit'> = { ...v1, repeated: true }
  const over: In<'commit'> = { ...unsure, over: true }
  const settle = (afterMs: number) => armTimer('commit', 'settle', afterMs)
  const deleted = notDescribed('ResourceNotFound')

  test.each<Row>([
    [
      'the execution ended: wait for what it does',
      unsure,
      described({ status: 'TIMED_OUT' }),
      stays(over, settle(600_000)),
    ],
    ['the execution is gone', unsure, deleted, stays(over, settle(600_000))],
    ['armed once', over, deleted, stays(over)],
    ['the execution goes on', unsure, described({ status: 'IN_PROGRESS' }), stays(unsure)],
    [
      'another execution ended',
      unsure,
      described({ jobId: jobId('theirs'), status: 'TIMED_OUT' }),
      stays(unsure),
    ],
    ['a version 2 backend decides by its record', repeated, deleted, stays(repeated)],
    ['NEW still connects: it stays', over, timer('commit', 'settle'), goes('commit-v1-over', close)],
    [
      'silent: it may be deleted, look on',
      { ...over, live: live({ silentMs: 121_000 }) },
      timer('commit', 'settle'),
      stays({ ...over, live: live({ silentMs: 121_000 }) }, settle(60_000)),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})

describe('commit, with no way back', () => {
  const alone: In<'commit'> = { ...repeated, alone: true }
  const askAlone: Effect = { kind: 'publish-commit', request: { ...byNew, alone: true } }
  const refusedAlone: In<'commit'> = { ...alone, refusal }

  test.each<Row>([
    ['accepted', alone, commitAccepted(byNew), goes('commit-to-finish', finish)],
    ['D18: rejected for good: it stays on NEW', alone, rejection('EXECUTION_OVER'), stays(refusedAlone)],
    ['D18: and asks on', refusedAlone, started(found({ current: newId })), begins(refusedAlone)],
    ['accepted after all', refusedAlone, commitAccepted(byNew), goes('commit-to-finish', finish)],
    ['rejected, not over', refusedAlone, described({ status: 'IN_PROGRESS' }), stays(refusedAlone)],
    ['over, not rejected', alone, described({ status: 'TIMED_OUT' }), stays(alone)],
    [
      'D18: rejected and over: nothing is left to be asked',
      refusedAlone,
      described({ status: 'TIMED_OUT' }),
      goes('commit-no-way-back', close),
    ],
    [
      'D11: OLD was put back into its place',
      refusedAlone,
      started(foundOnNew),
      begins({ ...refusedAlone, alone: false }),
    ],
    [
      'NEW is accepted, so Greengrass should be connected',
      { ...refusedAlone, live: live({ look: 'probing', silentMs: 120_000 }) },
      compared('accepted', 'impossible'),
      goes('commit-not-connected', { ...states.restart, repeated: true, restarts: 1 }),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })

  test.each(['refused', 'impossible'] as const)(
    'D18: a NEW that is %s stays for want of another',
    outcome => {
      const silence = live({ look: 'probing', silentMs: 9_000_000, evidence: 5 })
      const step = advance({ ...alone, live: silence }, compared(outcome, 'impossible'))
      expect(step.edge).toBeUndefined()
      expect(step.effects).toEqual([lookLater])
    },
  )

  test('D18: what it asks first is the record, not the endpoint', () => {
    expect(begins(refusedAlone).effects).toContainEqual(askAlone)
  })
})
