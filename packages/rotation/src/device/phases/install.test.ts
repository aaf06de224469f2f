import { expect, test } from 'vitest'
import { advance } from '../advance.ts'
import type { In } from '../state.ts'
import { found, foundOnNew, started, timer } from '../testing/events.ts'
import { begins, goes, type Row, stays } from '../testing/expected.ts'
import { after, myCsr, oldId, states, strangeId } from '../testing/states.ts'

const { install, restart } = states
const undoing: In<'install'> = { ...install, undo: 'It is read-only.' }
const failed = { kind: 'install-failed', reason: 'It is read-only.' } as const

test.each<Row>([
  ['done: Greengrass must restart', install, { kind: 'installed' }, goes('install-to-restart', restart)],
  [
    'D5: the life to leave is the present one',
    { ...install, service: after },
    { kind: 'installed' },
    goes('install-to-restart', { ...restart, service: after, before: after }),
  ],
  ['D3: it cannot be done: undo it first', install, failed, begins(undoing)],
  ['told twice', undoing, failed, stays(undoing)],
  ['a late success while undoing is undone as well', undoing, { kind: 'installed' }, stays(undoing)],
  [
    'D3: undone: fails with the reason',
    undoing,
    { kind: 'install-undone' },
    goes('install-undone', {
      ...states.fail,
      failure: { code: 'INSTALL_FAILED', reason: 'It is read-only.' },
    }),
  ],
  ['nothing was to be undone', install, { kind: 'install-undone' }, stays(install)],
  ['no outcome yet: again', install, timer('install'), begins(install)],
  ['no other timer', install, timer('install', 'look'), stays(install)],
  ['D1: cut before: again', install, started(found({ pending: myCsr })), begins(install)],
  ['D1: cut after: again', install, started(foundOnNew), begins(install)],
  [
    'D2: cut in the middle: again',
    install,
    started(found({ current: null, previous: oldId })),
    begins(install),
  ],
  ['D1: cut while undoing: undo again', undoing, started(found({ pending: myCsr })), begins(undoing)],
  [
    'C21: another identity by hand is respected',
    install,
    started(found({ current: strangeId })),
    goes('install-by-hand', states.close),
  ],
  ['an event of another phase', install, { kind: 'rolled-back' }, stays(install)],
])('install: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})
