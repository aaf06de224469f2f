import { describe, expect, test } from 'vitest'
import { advance } from '../advance.ts'
import type { Effect } from '../effects.ts'
import { lookAtJob } from '../jobs.ts'
import { notConnected, pendingKeyLost, refusedBeforeSwitch } from '../reasons.ts'
import type { Failure, In } from '../state.ts'
import { compared, described, found, notDescribed, started, timer } from '../testing/events.ts'
import { begins, follow, goes, type Row, stays } from '../testing/expected.ts'
import { live, myCsr, newId, states, strangeId, x } from '../testing/states.ts'
import { armTimer } from '../timers.ts'
import type { EdgeId } from '../transitions.ts'

const fresh: In<'check'> = { ...states.check, newCertificateId: null }
const probing: In<'check'> = { ...states.check, live: live({ look: 'probing' }) }
const waiting: In<'check'> = { ...states.check, live: live({ look: 'waiting' }) }
const judge: Effect = { kind: 'check-certificate', csrDigest: myCsr, certificatePem: 'PEM' }
const compare: Effect = { kind: 'compare', reference: 'current', trial: 'pending' }
const again = armTimer('check', 'again', 60_000)
const lookLater = armTimer('check', 'look', 60_000)
const installs = goes('check-to-install', states.install)
const fails = (edge: EdgeId, failure: Failure) => goes(edge, { ...states.fail, failure })
const lost = fails('check-key-lost', pendingKeyLost)
const minuteLater = (state: In<'check'>): In<'check'> => ({
  ...state,
  live: { ...state.live, attempt: 1, silentMs: 60_000, listenedMs: 60_000 },
})
const usable = { kind: 'certificate-usable', certificateId: newId } as const

test.each<Row>([
  ['usable: NEW is compared with OLD', fresh, usable, stays(probing, compare)],
  [
    'usable, from a version 1 backend',
    { ...fresh, announcedId: null },
    usable,
    stays({ ...probing, announcedId: null }, compare),
  ],
  ['usable, told twice', probing, usable, stays(probing)],
  ['usable, told again after a restart', states.check, usable, stays(probing, compare)],
  [
    'D9: another certificate than announced',
    fresh,
    { kind: 'certificate-usable', certificateId: strangeId },
    fails('check-unusable', {
      code: 'CERTIFICATE_UNUSABLE',
      reason: `The cloud announced ${newId} and sent ${strangeId}.`,
    }),
  ],
  [
    'D9: unusable',
    fresh,
    { kind: 'certificate-unusable', reason: 'Not PEM.' },
    fails('check-unusable', { code: 'CERTIFICATE_UNUSABLE', reason: 'Not PEM.' }),
  ],
  ['D18: the key is gone', fresh, { kind: 'pending-lost' }, lost],
  ['D18: the key is gone at the start', fresh, started(found()), lost],
  ['D1: started again: judged again', probing, started(found({ pending: myCsr })), begins(states.check)],
  [
    'D11: another OLD is configured',
    fresh,
    started(found({ pending: myCsr, current: strangeId })),
    begins({ ...fresh, oldCertificateId: strangeId }),
  ],
  ['no usable OLD is found', fresh, started(found({ pending: myCsr, current: null })), begins(fresh)],
  ['D8: the clock is not plausible: later', fresh, { kind: 'certificate-undecided' }, stays(fresh)],
  ['D8: later', fresh, timer('check'), stays(minuteLater(fresh), judge, lookAtJob(x), again)],
  [
    'D8: judged before a restart that lost the clock: later too',
    states.check,
    timer('check'),
    stays(minuteLater(states.check), judge, lookAtJob(x), again),
  ],
  [
    'judged already: only the job is looked at',
    probing,
    timer('check'),
    stays(minuteLater(probing), lookAtJob(x), again),
  ],
  ['no other timer', probing, timer('check', 'settle'), stays(probing)],
  ['NEW is accepted', probing, compared('accepted', 'accepted'), installs],
  ['C14: NEW is accepted and OLD refused', probing, compared('accepted', 'refused'), installs],
  ['no probe is possible', probing, compared('impossible', 'impossible'), installs],
  ['a policy refuses both, which tells nothing', probing, compared('refused', 'refused'), installs],
  [
    'D7: refused once is no evidence',
    probing,
    compared('refused', 'accepted'),
    stays({ ...waiting, live: live({ look: 'waiting', evidence: 1 }) }, lookLater),
  ],
  [
    'D4: unreachable: wait, and count anew',
    { ...probing, live: live({ look: 'probing', evidence: 2 }) },
    compared('unreachable', 'unreachable'),
    stays({ ...waiting, live: live({ look: 'waiting', outOfReach: 1 }) }, lookLater),
  ],
  [
    'OLD was lost in between: count anew',
    { ...probing, live: live({ look: 'probing', evidence: 2 }) },
    compared('refused', 'accepted', 'unreachable'),
    stays(waiting, lookLater),
  ],
  ['a comparison that nobody waits for', waiting, compared('accepted', 'accepted'), stays(waiting)],
  [
    'a comparison before the certificate was judged',
    { ...fresh, live: live({ look: 'probing' }) },
    compared('accepted', 'accepted'),
    stays({ ...fresh, live: live({ look: 'probing' }) }),
  ],
  ['the pause is over', waiting, timer('check', 'look'), stays(probing, compare)],
  ['a pause from before', probing, timer('check', 'look'), stays(probing)],
  [
    'C9: the execution is over',
    probing,
    described({ status: 'TIMED_OUT' }),
    goes('check-over', states.close),
  ],
  ['C8: the execution is gone', probing, notDescribed('ResourceNotFound'), goes('check-over', states.close)],
  ['the execution goes on', probing, described({ status: 'IN_PROGRESS' }), stays(probing)],
])('check: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

test('D7: NEW refused and OLD accepted three times, with pauses, fails with nothing switched', () => {
  const round = [compared('refused', 'accepted'), timer('check', 'look')]
  const twice = follow(probing, ...round, ...round)
  expect(twice).toEqual(stays({ ...probing, live: live({ look: 'probing', evidence: 2 }) }, compare))
  expect(advance(twice.state, compared('refused', 'accepted'))).toEqual(
    fails('check-refused', refusedBeforeSwitch),
  )
})

describe('D4: a probe that reaches nothing', () => {
  const nothing = compared('unreachable', 'unreachable')
  const minute = [nothing, timer('check', 'look'), timer('check')]
  const heard = described({ status: 'IN_PROGRESS' })
  const times = <T>(count: number, of: readonly T[]): T[] => Array.from({ length: count }, () => of).flat()

  test('while messages come for ten minutes tells nothing: the switch goes on, and remembers it', () => {
    const { state } = follow(probing, ...times(10, [...minute, heard]))
    expect(state.phase).toBe('check')
    expect(advance(state, nothing)).toEqual(goes('check-to-install', { ...states.install, blind: true }))
  })

  test('in an outage of the network waits, however long, and counts anew when it is over', () => {
    const { state } = follow(probing, ...times(60, minute))
    expect(state.phase).toBe('check')
    const after = follow(state, heard, ...times(10, [...minute, heard]))
    expect(after.state.phase).toBe('check')
    expect(advance(after.state, nothing).edge).toBe('check-to-install')
  })

  test('reaches OLD once: it is NEW that is not answered, which is waited for', () => {
    const once = compared('unreachable', 'accepted')
    const { state } = follow(probing, ...times(10, [...minute, heard]), once, timer('check', 'look'), heard)
    expect(advance(state, nothing)).toEqual(
      stays({ ...waiting, live: live({ look: 'waiting', outOfReach: 1, attempt: 10 }) }, lookLater),
    )
  })

  test('has nothing to say after the switch either: long silence is a question then', () => {
    const silent: In<'commit'> = {
      ...states.commit,
      live: live({ look: 'probing', silentMs: 600_000 }),
    }
    expect(advance(silent, nothing).edge).toBeUndefined()
    expect(advance({ ...silent, blind: true }, nothing)).toEqual(
      goes('commit-question', { ...states.rollback, blind: true, failure: notConnected }),
    )
  })
})
