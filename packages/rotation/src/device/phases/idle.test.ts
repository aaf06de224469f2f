import { describe, expect, test } from 'vitest'
import { advance } from '../advance.ts'
import { initialState } from '../derive.ts'
import type { Effect } from '../effects.ts'
import { journalLost } from '../reasons.ts'
import type { DurableState, Leftover, State } from '../state.ts'
import {
  configured,
  described,
  document,
  found,
  foundOnNew,
  foundOnOld,
  hsmGone,
  job,
  nextJob,
  recorded,
  started,
  timer,
  unreadable,
} from '../testing/events.ts'
import { begins, follow, goes, type Row, stays } from '../testing/expected.ts'
import { after, before, jobId, live, myCsr, newId, oldId, states, x } from '../testing/states.ts'
import { armPoll } from '../timers.ts'
import { pollMs, pollSpreadMs, pollsAtRest } from '../times.ts'

const { idle } = states
const rsa = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' } as const
const making: State = { ...idle, making: { execution: x, algorithms: rsa, extended: false } }
const make: Effect = { kind: 'make-pending', execution: x, algorithms: rsa }
const poll: Effect[] = [{ kind: 'get-next-job' }, armPoll]
const read: Effect = { kind: 'get-job', execution: x, includeJobDocument: true, clientToken: 'rotator-get-2' }
const theirs = job({ jobId: jobId('theirs'), jobDocument: { operation: 'REBOOT' } })
const onNew: Leftover = { side: 'new', oldCertificateId: oldId, newCertificateId: newId }
const told: State = { ...idle, live: live({ isAnswered: true }) }
const passed: State = { ...idle, live: live({ passedOver: 'theirs', isAnswered: true }) }
const fails = (code: 'ALGORITHM_NOT_ALLOWED' | 'STORAGE_FAILED', reason: string) =>
  goes('idle-to-fail', { ...states.fail, failure: { code, reason }, begun: false })

test('a device that has never rotated is idle', () => {
  expect(initialState(before)).toEqual(idle)
})

test.each<Row>([
  [
    'polls now and then',
    idle,
    timer('idle'),
    stays({ ...idle, live: live({ attempt: 1, silentMs: 240_000 }) }, ...poll),
  ],
  ['has no other timer', idle, timer('idle', 'look'), stays(idle)],
  ['nothing is pending', idle, nextJob(undefined), stays(told)],
  ['a queued rotation is prepared', idle, nextJob(job()), stays({ ...making, live: told.live }, make)],
  [
    'one in progress too',
    idle,
    nextJob(job({ status: 'IN_PROGRESS' })),
    stays({ ...making, live: told.live }, make),
  ],
  ['one that was described too', idle, described({ jobDocument: document }), stays(making, make)],
  ['one that is over is not', idle, nextJob(job({ status: 'CANCELED' })), stays(told)],
  ['M11: a job that a poll found is read', idle, nextJob(job({ jobDocument: undefined })), stays(told, read)],
  ["M12: another team's job is left alone", idle, nextJob(theirs), stays(passed)],
  ['M12: and not read again', passed, nextJob({ ...theirs, jobDocument: undefined }), stays(passed)],
  [
    'a document that is no object is left alone',
    idle,
    nextJob(job({ jobDocument: 'ROTATE_CERTIFICATE' })),
    stays({ ...told, live: { ...told.live, passedOver: 'rotation-1' } }),
  ],
  ['one key at a time', making, nextJob(job({ executionNumber: 3 })), stays({ ...making, live: told.live })],
  [
    'the document overrides both algorithms',
    idle,
    nextJob(
      job({
        jobDocument: { ...document, keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA384' },
      }),
    ),
    stays(
      {
        ...told,
        making: {
          execution: x,
          algorithms: { keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA384' },
          extended: true,
        },
      },
      { ...make, algorithms: { keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA384' } },
    ),
  ],
  [
    'or one of them',
    idle,
    nextJob(job({ jobDocument: { ...document, signingAlgorithm: 'SHA512WITHRSA' } }), {
      ...configured,
      keyAlgorithm: 'RSA-3072',
    }),
    stays(
      {
        ...told,
        making: {
          execution: x,
          algorithms: { keyAlgorithm: 'RSA-3072', signingAlgorithm: 'SHA512WITHRSA' },
          extended: true,
        },
      },
      { ...make, algorithms: { keyAlgorithm: 'RSA-3072', signingAlgorithm: 'SHA512WITHRSA' } },
    ),
  ],
  [
    'the key is made',
    making,
    { kind: 'pending-made', csrDigest: myCsr, oldCertificateId: oldId },
    goes('idle-to-ask', { ...states.ask, backend: 'unknown', begun: false }),
  ],
  [
    'C18: that a version 1 backend will not take its document is remembered',
    { ...idle, making: { execution: x, algorithms: rsa, extended: true } },
    { kind: 'pending-made', csrDigest: myCsr, oldCertificateId: oldId },
    goes('idle-to-ask', { ...states.ask, backend: 'unknown', begun: false, extended: true }),
  ],
  [
    'it cannot be made',
    making,
    { kind: 'pending-not-made', code: 'STORAGE_FAILED', reason: 'No space.' },
    fails('STORAGE_FAILED', 'No space.'),
  ],
  [
    'a key that nobody waits for is ignored',
    idle,
    { kind: 'pending-made', csrDigest: myCsr, oldCertificateId: oldId },
    stays(idle),
  ],
  [
    'and so is its failure',
    idle,
    { kind: 'pending-not-made', code: 'STORAGE_FAILED', reason: 'No space.' },
    stays(idle),
  ],
  ['M13: a late reply is ignored', idle, recorded('SUCCEEDED'), stays(idle)],
])('idle: %s', (_, state, event, expected) => {
  expect(advance(state, event)).toEqual(expected)
})

test.each([
  [
    'unknown key algorithm',
    { ...document, keyAlgorithm: 'RSA-1024' },
    /^keyAlgorithm "RSA-1024" is unknown\. Use one of RSA-2048/u,
  ],
  [
    'unknown signing algorithm',
    { ...document, signingAlgorithm: 'MD5' },
    /^signingAlgorithm "MD5" is unknown/u,
  ],
  [
    'families that differ',
    { ...document, keyAlgorithm: 'ECDSA-P256' },
    /mismatched\). With ECDSA-P256 use one of ECDSA-WITH/u,
  ],
  ['algorithm that is no text', { ...document, keyAlgorithm: 5 }, /^keyAlgorithm "5" is unknown/u],
])('idle: a document with an %s is refused before a key is made', (_, jobDocument, problem) => {
  const step = advance(idle, nextJob(job({ jobDocument })))
  expect(step).toEqual(fails('ALGORITHM_NOT_ALLOWED', expect.stringMatching(problem)))
  expect(step.effects.map(({ kind }) => kind)).toEqual(['allow-updates', 'update-job', 'arm-timer'])
})

test('idle: so is a configuration that was wrong from the start', () => {
  const step = advance(idle, nextJob(job(), { ...configured, keyAlgorithm: 'Foobar' }))
  expect(step.edge).toBe('idle-to-fail')
})

describe('at rest', () => {
  const asks = (state: State): boolean => {
    let step = advance(state, timer('idle'))
    for (let passed = 1; passed < pollsAtRest; passed += 1) {
      expect(step.effects).toEqual([armPoll])
      step = advance(step.state, timer('idle'))
    }
    expect(step.state.live).toEqual(live({ attempt: 1 }))
    return step.effects.some(({ kind }) => kind === 'get-next-job')
  }

  test('who was answered asks for the next job once an hour, and takes none of it for silence', () => {
    expect(pollMs * pollsAtRest).toBe(3_600_000)
    expect(asks(told)).toBe(true)
  })

  test('who then is not answered asks with every poll, until an answer comes', () => {
    const unanswered = advance({ ...told, live: { ...told.live, rests: pollsAtRest - 1 } }, timer('idle'))
    expect(unanswered.effects).toEqual(poll)
    const silent = advance(unanswered.state, timer('idle'))
    expect(silent.effects).toEqual(poll)
    expect(silent.state.live.silentMs).toBe(pollMs - pollSpreadMs)
    expect(advance(advance(silent.state, nextJob(undefined)).state, timer('idle')).effects).toEqual([armPoll])
  })

  test.each<[string, State]>([
    ['a switch that is not settled', { ...told, leftover: onNew }],
    ['an identity that cannot be read', { ...told, unread: hsmGone }],
  ])('%s leaves no rest', (_, state) => {
    expect(advance(state, timer('idle')).effects).toEqual(poll)
  })
})

describe('idle, not connected', () => {
  const silent = (silentMs: number, restarts = 0): State => ({
    ...idle,
    restarts,
    live: live({ silentMs, look: 'probing' }),
  })
  const accepted = { kind: 'current-probed', outcome: 'accepted' } as const

  test('M11: after three polls in vain the current identity is probed', () => {
    const quiet = follow(idle, timer('idle'), timer('idle'))
    expect(quiet.effects).toEqual(poll)
    const step = advance(quiet.state, timer('idle'))
    expect(step).toEqual(
      stays({ ...idle, live: live({ attempt: 3, silentMs: 720_000, look: 'probing' }) }, ...poll, {
        kind: 'probe-current',
      }),
    )
    expect(advance(step.state, timer('idle')).effects).toEqual(poll)
  })

  test.each<Row>([
    [
      'its endpoint accepts it: Greengrass is restarted',
      silent(600_000),
      accepted,
      stays({ ...idle, restarts: 1, live: live() }, { kind: 'restart-service' }),
    ],
    [
      'in a growing window',
      silent(900_000, 3),
      accepted,
      stays({ ...idle, restarts: 3, live: live({ silentMs: 900_000 }) }),
    ],
    [
      'which passes',
      silent(960_000, 3),
      accepted,
      stays({ ...idle, restarts: 4, live: live() }, { kind: 'restart-service' }),
    ],
    [
      'D4: unreachable, so it waits',
      silent(600_000),
      { kind: 'current-probed', outcome: 'unreachable' },
      stays({ ...idle, live: live({ silentMs: 600_000 }) }),
    ],
    [
      'C14: refused, so a restart is no help',
      silent(600_000),
      { kind: 'current-probed', outcome: 'refused' },
      stays({ ...idle, live: live({ silentMs: 600_000 }) }),
    ],
    ['something was heard meanwhile', silent(0), accepted, stays(idle)],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})

describe('idle, started with', () => {
  const onOld: Leftover = { side: 'old', oldCertificateId: oldId, newCertificateId: newId }
  const remains = goes('idle-found-remains', states.close)
  const switched: DurableState = { ...states.restart, backend: 'unknown', repeated: true }

  test.each<Row>([
    ['one identity: polls', idle, started(found()), begins(idle)],
    [
      'another life of Greengrass: remembers it',
      idle,
      started(found(), after),
      begins({ ...idle, service: after }),
    ],
    [
      'a job that a key was being made for: makes it anew',
      making,
      started(found({ pending: myCsr })),
      begins(making),
    ],
    ['D10: a pending key: drops it', idle, started(found({ pending: myCsr })), remains],
    ['D15: a backup of the same certificate: drops it', idle, started(found({ previous: oldId })), remains],
    [
      'D10: no usable identity: touches nothing',
      idle,
      started(found({ current: null, previous: oldId })),
      begins(idle),
    ],
    [
      'D15: the backup of a switch: keeps it and looks for the job',
      idle,
      started(foundOnNew),
      begins({ ...idle, leftover: onNew }),
    ],
    [
      'D10: a NEW that is not in use: keeps it',
      idle,
      started(foundOnOld),
      begins({ ...idle, leftover: onOld }),
    ],
    [
      'D11: a leftover that is gone: forgets it',
      { ...idle, leftover: onOld },
      started(found()),
      begins(idle),
    ],
    [
      'D10: a switch and its execution: asks the record after a restart',
      idle,
      started({ ...foundOnNew, execution: x }),
      goes('idle-found-switch', switched),
    ],
    [
      'D10: the same on OLD',
      idle,
      started({ ...foundOnOld, execution: x }),
      goes('idle-found-switch', { ...switched, phase: 'restart', before, failure: journalLost }),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })

  test.each<Row>([
    [
      'D15: its job is in progress: resumes it',
      { ...idle, leftover: onNew },
      nextJob(job({ status: 'IN_PROGRESS' })),
      goes('idle-adopts', switched),
    ],
    [
      'a later job: asks with it',
      { ...idle, leftover: onNew },
      nextJob(job()),
      goes('idle-adopts', { ...switched, adopted: true }),
    ],
    [
      'on OLD: asks over OLD',
      { ...idle, leftover: onOld },
      nextJob(job()),
      goes('idle-adopts', { ...switched, phase: 'restart', before, adopted: true, failure: journalLost }),
    ],
    [
      "M12: another team's job is not it",
      { ...idle, leftover: onNew },
      nextJob(theirs),
      stays({ ...passed, leftover: onNew }),
    ],
  ])('a switch without its journal, and %s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})

describe('D13: what is stored cannot be read', () => {
  const unread: State = { ...idle, unread: hsmGone }
  const failing: DurableState = { ...states.fail, failure: hsmGone, begun: false, unread: true }

  test.each<Row>([
    ['it is idle all the same', idle, unreadable, begins(unread)],
    ['a job that nobody began fails with the reason', unread, nextJob(job()), goes('idle-to-fail', failing)],
    [
      'of one in progress nothing is said: it may be that of a switch',
      unread,
      nextJob(job({ status: 'IN_PROGRESS' })),
      stays({ ...unread, live: told.live }),
    ],
    ['a job for which a key was to be made waits to be seen again', making, unreadable, begins(unread)],
    ['once it can be read, it is idle as ever', unread, started(found()), begins(idle)],
    [
      'what is found then is settled first',
      unread,
      started({ ...foundOnNew, execution: x }),
      follow(idle, started({ ...foundOnNew, execution: x })),
    ],
    [
      'a key that is being made waits for a switch that turns out not to be settled',
      making,
      started({ ...foundOnNew, execution: x }),
      follow(idle, started({ ...foundOnNew, execution: x })),
    ],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})
