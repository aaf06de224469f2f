import { expect, test } from 'vitest'
import { advance } from '../advance.ts'
import { newLost } from '../reasons.ts'
import { found, foundOnNew, foundOnOld, started, timer } from '../testing/events.ts'
import { begins, goes, type Row, stays } from '../testing/expected.ts'
import { failure, states, strangeId } from '../testing/states.ts'

const { rollback, forward, restart, close } = states

test.each<Row>([
  [
    'rollback: done: Greengrass must restart',
    rollback,
    { kind: 'rolled-back' },
    goes('rollback-to-restart', { ...restart, turn: 1, failure }),
  ],
  ['rollback: no outcome yet: again', rollback, timer('rollback'), begins(rollback)],
  ['rollback: no other timer', rollback, timer('rollback', 'restart'), stays(rollback)],
  ['rollback: D1: cut before: again', rollback, started(foundOnNew), begins(rollback)],
  ['rollback: D1: cut after: again', rollback, started(foundOnOld), begins(rollback)],
  [
    'rollback: C21: another identity by hand',
    rollback,
    started(found({ current: strangeId })),
    goes('rollback-by-hand', close),
  ],
  [
    'rollback: D18: OLD is lost: NEW stays and asks on',
    rollback,
    { kind: 'previous-lost' },
    goes('rollback-lost', { ...states.commit, turn: 1, repeated: true, alone: true }),
  ],
  ['rollback: an event of another phase', rollback, { kind: 'rolled-forward' }, stays(rollback)],
  [
    'forward: done: Greengrass must restart',
    forward,
    { kind: 'rolled-forward' },
    goes('forward-to-restart', { ...restart, turn: 2 }),
  ],
  ['forward: no outcome yet: again', forward, timer('forward'), begins(forward)],
  ['forward: no other timer', forward, timer('forward', 'restart'), stays(forward)],
  ['forward: D1: cut before: again', forward, started(foundOnOld), begins(forward)],
  ['forward: D1: cut after: again', forward, started(foundOnNew), begins(forward)],
  [
    'forward: C21: another identity by hand',
    forward,
    started(found({ current: strangeId })),
    goes('forward-by-hand', close),
  ],
  [
    'forward: D18: NEW is lost: OLD stays and asks on',
    forward,
    { kind: 'previous-lost' },
    goes('forward-lost', { ...states.consent, turn: 2, failure: newLost, alone: true }),
  ],
  ['forward: an event of another phase', forward, { kind: 'rolled-back' }, stays(forward)],
])('%s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})
