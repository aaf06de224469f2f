import { expect, test } from 'vitest'
import { advance } from '../advance.ts'
import { beginJob } from '../jobs.ts'
import type { In } from '../state.ts'
import {
  createAccepted,
  found,
  hsmGone,
  notRecorded,
  recorded,
  started,
  timer,
  unreadable,
} from '../testing/events.ts'
import { begins, follow, goes, type Row, stays } from '../testing/expected.ts'
import { live, states, x } from '../testing/states.ts'
import { armTimer } from '../timers.ts'

const { fail, close, idle } = states
const queued: In<'fail'> = { ...fail, begun: false }
const again = (afterMs: number) => armTimer('fail', 'again', afterMs)
const report = {
  kind: 'update-job',
  execution: x,
  status: 'FAILED',
  statusDetails: {
    CertificateRotator: 'true',
    phase: 'fail',
    failureCode: 'ROLLED_BACK',
    DeviceFailureReason: 'The endpoint refused it.',
  },
  clientToken: 'rotator-FAILED-2',
} as const

test.each<Row>([
  [
    'fail: M9: lost: again, later and later',
    fail,
    timer('fail'),
    stays({ ...fail, live: live({ attempt: 1, silentMs: 5_000 }) }, report, again(10_000)),
  ],
  ['fail: no other timer', fail, timer('fail', 'look'), stays(fail)],
  ['fail: recorded', fail, recorded('FAILED'), goes('fail-recorded', close)],
  [
    'fail: M9: recorded before, its reply lost',
    fail,
    notRecorded('FAILED', 'InvalidStateTransition', 'FAILED'),
    goes('fail-recorded', close),
  ],
  [
    'fail: the execution is over',
    fail,
    notRecorded('FAILED', 'InvalidStateTransition', 'TIMED_OUT'),
    goes('fail-recorded', close),
  ],
  ['fail: throttled: the timer reports again', fail, notRecorded('FAILED', 'RequestThrottled'), stays(fail)],
  ['fail: M12: another reply', fail, recorded('IN_PROGRESS'), stays(fail)],
  [
    'fail: begun: now it fails',
    { ...queued, live: live({ attempt: 2 }) },
    recorded('IN_PROGRESS'),
    begins(fail),
  ],
  [
    'fail: not begun: again',
    queued,
    timer('fail'),
    stays({ ...queued, live: live({ attempt: 1, silentMs: 5_000 }) }, beginJob('fail', x), again(10_000)),
  ],
  [
    'fail: over before it began',
    queued,
    notRecorded('IN_PROGRESS', 'ResourceNotFound'),
    goes('fail-recorded', close),
  ],
  ['fail: started again: reported again', fail, started(found()), begins(fail)],
  ['fail: D13: reported without what is stored', fail, unreadable, begins(fail)],
  [
    'fail: D13: what is read meanwhile is not judged here, so it is still left alone',
    { ...fail, unread: true },
    started(found()),
    begins({ ...fail, unread: true }),
  ],
  [
    'fail: D13: what could not be read is left alone',
    { ...fail, unread: true },
    recorded('FAILED'),
    goes('fail-unread', { ...idle, unread: fail.failure }),
  ],
  ['fail: a certificate that comes after it is not taken', fail, createAccepted(), stays(fail)],
  [
    'fail: Greengrass should be connected',
    { ...fail, live: live({ silentMs: 600_000, look: 'probing' }) },
    { kind: 'current-probed', outcome: 'accepted' },
    stays({ ...fail, restarts: 1 }, { kind: 'restart-service' }),
  ],
  [
    'close: dropped: idle, and polls at once',
    close,
    { kind: 'identities-dropped' },
    goes('close-to-idle', idle),
  ],
  ['close: no outcome yet: again', close, timer('close'), begins(close)],
  ['close: no other timer', close, timer('close', 'look'), stays(close)],
  ['close: D1: cut: again', close, started(found()), begins(close)],
  [
    'close: D13: what cannot be read now is dropped when it is found again',
    close,
    unreadable,
    goes('close-kept', { ...idle, unread: hsmGone }),
  ],
  [
    'close: D11: nothing is dropped beside an identity that is not usable',
    close,
    started(found({ current: null })),
    goes('close-kept', idle),
  ],
  ['close: a late reply', close, recorded('FAILED'), stays(close)],
])('%s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

test('M11: a notification that came too early is made up for by the poll after closing', () => {
  expect(follow(close, { kind: 'identities-dropped' }).effects).toContainEqual({ kind: 'get-next-job' })
})
