import { expect, test } from 'vitest'
import { advance } from '../advance.ts'
import { putBackByHand } from '../reasons.ts'
import type { In } from '../state.ts'
import { byNew, commitAccepted, found, foundOnNew, foundOnOld, started, timer } from '../testing/events.ts'
import { begins, goes, type Row, stays } from '../testing/expected.ts'
import { after, before, failure, oldId, states, strangeId } from '../testing/states.ts'

const { restart, commit, consent, rollback, forward, close } = states
const back: In<'restart'> = { ...restart, turn: 1, failure }

test.each<Row>([
  [
    'Greengrass has a new life: commit',
    restart,
    started(foundOnNew, after),
    goes('restart-to-commit', { ...commit, service: after }),
  ],
  [
    'a new life on the way back: consent',
    back,
    started(foundOnOld, after),
    goes('restart-to-consent', { ...consent, service: after }),
  ],
  [
    'D16: only the component restarted: restart again, no commit',
    restart,
    started(foundOnNew, before),
    begins(restart),
  ],
  ['D16: the same on the way back', back, started(foundOnOld, before), begins(back)],
  [
    'Lite: a new connection daemon',
    restart,
    { kind: 'service-restarted', service: after },
    goes('restart-to-commit', { ...commit, service: after }),
  ],
  [
    'Lite: a new one on the way back',
    back,
    { kind: 'service-restarted', service: after },
    goes('restart-to-consent', { ...consent, service: after }),
  ],
  ['D16: Lite: still the same one', restart, { kind: 'service-restarted', service: before }, stays(restart)],
  [
    'D6: swallowed or slow: again, in a growing window',
    restart,
    timer('restart', 'restart'),
    begins({ ...restart, restarts: 1 }),
  ],
  ['no other timer', restart, timer('restart'), stays(restart)],
  [
    'D2: no usable identity yet',
    restart,
    started(found({ current: null, previous: oldId }), after),
    goes('restart-to-commit', { ...commit, service: after }),
  ],
  [
    'D11: OLD was put back by hand',
    restart,
    started(foundOnOld, after),
    goes('restart-found-old', { ...rollback, service: after, failure: putBackByHand }),
  ],
  [
    'D11: NEW was put back by hand',
    back,
    started(foundOnNew, after),
    goes('restart-found-new', { ...forward, service: after }),
  ],
  [
    'C21: another identity by hand',
    restart,
    started(found({ current: strangeId }), after),
    goes('restart-by-hand', { ...close, service: after }),
  ],
  [
    'C21: another one on the way back',
    back,
    started(found({ current: strangeId }), after),
    goes('restart-by-hand', { ...close, service: after }),
  ],
  ['D16: a reply over the old connection is none', restart, commitAccepted(byNew), stays(restart)],
])('restart: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})
