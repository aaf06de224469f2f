import { describe, expect, test } from 'vitest'
import { advance } from '../advance.ts'
import type { Effect } from '../effects.ts'
import { lookAtJob } from '../jobs.ts'
import type { In } from '../state.ts'
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
  started,
  timer,
} from '../testing/events.ts'
import { begins, goes, type Row, stays } from '../testing/expected.ts'
import { pauseRows } from '../testing/pause-rows.ts'
import { after, failure, live, oldId, states, strangeId, x } from '../testing/states.ts'
import { armTimer } from '../timers.ts'

const { consent, forward, close } = states
const ask: Effect = { kind: 'publish-commit', request: byOld }
const compare: Effect = { kind: 'compare', reference: 'previous', trial: 'current' }
const again = (afterMs: number) => armTimer('consent', 'again', afterMs)
const lookLater = armTimer('consent', 'look', 60_000)
const fails = goes('consent-to-fail', states.fail)
const rejection = (code: string) => commitRejected({ ...byOld, code })
const restarts = (count: number) =>
  goes('consent-restart-pending', { ...states.restart, turn: 1, failure, restarts: count })

test.each(['OLD_CERTIFICATE_IN_USE', 'ABANDONED', 'EXECUTION_OVER', 'OTHER_EXECUTION'])(
  'consent: %s is the agreement, and only now the execution fails',
  code => {
    expect(advance({ ...consent, restarts: 3 }, rejection(code))).toEqual(fails)
    expect(advance({ ...consent, adopted: true }, rejection(code))).toEqual(goes('consent-settled', close))
  },
)

test.each([
  'NO_RECORD',
  'TRY_LATER',
  'INVALID_MESSAGE',
  'CLIENT_ID_MISMATCH',
  'NOT_A_ROTATION',
  'A_NEWER_CODE',
])('consent: %s is no agreement', code => {
  expect(advance(consent, rejection(code))).toEqual(stays(consent))
})

test.each<Row>([
  ['accepted', consent, commitAccepted(byOld), fails],
  [
    'accepted for a switch of an earlier execution',
    { ...consent, adopted: true },
    commitAccepted(byOld),
    goes('consent-settled', close),
  ],
  ['C18: no code', { ...consent, backend: 'v1' }, bareCommitRejected, fails],
  [
    'C18: no code from a backend not known before',
    { ...consent, backend: 'unknown' },
    bareCommitRejected,
    fails,
  ],
  [
    'a bare rejection from nobody',
    consent,
    bareCommitRejected,
    stays({ ...consent, live: live({ bareAnswers: 1 }) }),
  ],
  ['M21: a stale acceptance of NEW', consent, commitAccepted(byNew), stays(consent)],
  [
    'the connection is still NEW, which is accepted',
    consent,
    commitAccepted({ ...byNew, turn: 1 }),
    goes('consent-new-kept', forward),
  ],
  [
    'M21: a consent of an earlier turn',
    { ...consent, turn: 3 },
    rejection('OLD_CERTIFICATE_IN_USE'),
    stays({ ...consent, turn: 3 }),
  ],
  [
    'the backend is known by its answer',
    { ...consent, backend: 'unknown' },
    rejection('TRY_LATER'),
    stays(consent),
  ],
  ['NEW is kept', consent, rejection('NEW_CERTIFICATE_KEPT'), goes('consent-new-kept', forward)],
  ['D10: the record knows a higher turn', consent, rejection('STALE_TURN'), stays({ ...consent, turn: 2 })],
  ['D16: the connection is from before', consent, rejection('RESTART_PENDING'), restarts(1)],
  [
    'again from before: the restart waits',
    { ...consent, restarts: 1 },
    rejection('RESTART_PENDING'),
    stays(
      { ...consent, restarts: 1, live: live({ restartDue: true }) },
      armTimer('consent', 'restart', 120_000),
    ),
  ],
  ['its window has passed', { ...consent, restarts: 1 }, timer('consent', 'restart'), restarts(2)],
  [
    'no answer: again, and is anybody there',
    consent,
    timer('consent'),
    stays({ ...consent, live: live({ attempt: 1, silentMs: 5_000 }) }, ask, lookAtJob(x), again(10_000)),
  ],
  ['no other timer', consent, timer('consent', 'settle'), stays(consent)],
  ['D1: started again', { ...consent, live: live({ attempt: 2 }) }, started(foundOnOld), begins(consent)],
  ['D5: Greengrass restarted', consent, started(foundOnOld, after), begins({ ...consent, service: after })],
  [
    'D2: no usable identity yet',
    consent,
    started(found({ current: null, previous: oldId })),
    begins(consent),
  ],
  ['D11: NEW was put back by hand', consent, started(foundOnNew), goes('consent-found-new', forward)],
  [
    'C21: another identity by hand',
    consent,
    started(found({ current: strangeId })),
    goes('consent-by-hand', close),
  ],
  ['an event of another phase', consent, { kind: 'rolled-back' }, stays(consent)],
])('consent: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

describe('consent, in silence', () => {
  const silent = (silentMs: number, evidence = 0): In<'consent'> => ({
    ...consent,
    live: live({ look: 'probing', silentMs, evidence }),
  })
  const paused = (silentMs: number, evidence = 0) =>
    stays({ ...consent, live: live({ look: 'waiting', silentMs, evidence }) }, lookLater)

  test.each<Row>([
    [
      'C13, C14: OLD refused and NEW accepted for the third time',
      silent(160_000, 2),
      compared('refused', 'accepted'),
      goes('consent-refused', forward),
    ],
    ['for the first time', silent(160_000), compared('refused', 'accepted'), paused(160_000, 1)],
    ['both refused', silent(160_000, 2), compared('refused', 'refused'), paused(160_000)],
    [
      'OLD is accepted: Greengrass should be connected',
      silent(120_000),
      compared('accepted', 'refused'),
      goes('consent-not-connected', { ...states.restart, turn: 1, failure, restarts: 1 }),
    ],
    [
      'no probe is possible: not for long yet',
      silent(1_199_000),
      compared('impossible', 'impossible'),
      paused(1_199_000),
    ],
    [
      'no probe is possible: NEW is tried, as a question',
      silent(1_200_000),
      compared('impossible', 'impossible'),
      goes('consent-question', forward),
    ],
    ['D4: unreachable', silent(9_000_000, 2), compared('unreachable', 'unreachable'), paused(9_000_000)],
    ...pauseRows(consent),
    [
      'begins to look',
      { ...consent, live: live({ silentMs: 25_000 }) },
      timer('consent'),
      stays(
        { ...consent, live: live({ attempt: 1, silentMs: 30_000, look: 'probing' }) },
        ask,
        lookAtJob(x),
        again(10_000),
        compare,
      ),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})

describe('consent, with NEW lost on the device', () => {
  const alone: In<'consent'> = { ...consent, alone: true }
  const overruled: In<'consent'> = { ...alone, overruled: true }
  const silent: In<'consent'> = {
    ...alone,
    live: live({ look: 'probing', silentMs: 1_200_000, evidence: 2 }),
  }
  const askAlone: Effect = { kind: 'publish-commit', request: { ...byOld, alone: true } }
  const over = described({ status: 'TIMED_OUT' })

  test.each<Row>([
    ['the record agrees', alone, rejection('ABANDONED'), fails],
    ['NEW is kept: there is no way to it', alone, rejection('NEW_CERTIFICATE_KEPT'), stays(overruled)],
    [
      'the connection is still NEW, which is accepted: there is no way to it either',
      alone,
      commitAccepted({ ...byNew, turn: 1 }),
      stays(overruled),
    ],
    [
      'no answer: it says that it is alone',
      alone,
      timer('consent'),
      stays({ ...alone, live: live({ attempt: 1, silentMs: 5_000 }) }, askAlone, lookAtJob(x), again(10_000)),
    ],
    [
      'refused for the third time',
      silent,
      compared('refused', 'accepted'),
      stays({ ...alone, live: live({ look: 'waiting', silentMs: 1_200_000, evidence: 3 }) }, lookLater),
    ],
    [
      'no probe is possible, for long',
      silent,
      compared('impossible', 'impossible'),
      stays({ ...alone, live: live({ look: 'waiting', silentMs: 1_200_000 }) }, lookLater),
    ],
    [
      'OLD is accepted: Greengrass should be connected',
      silent,
      compared('accepted', 'impossible'),
      goes('consent-not-connected', { ...states.restart, turn: 1, failure, restarts: 1 }),
    ],
    ['the execution is over, and nothing was said against OLD yet', alone, over, stays(alone)],
    [
      'the execution is over and NEW kept: the next job may help',
      overruled,
      over,
      goes('consent-no-way-forward', close),
    ],
    ['the execution goes on', overruled, described({ status: 'IN_PROGRESS' }), stays(overruled)],
    ['D1: started again', overruled, started(found({ current: oldId })), begins(overruled)],
    ['NEW is there again', overruled, started(foundOnOld), begins(consent)],
  ])('D18: %s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})
