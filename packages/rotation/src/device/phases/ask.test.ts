import { describe, expect, test } from 'vitest'
import { advance } from '../advance.ts'
import type { Effect } from '../effects.ts'
import { beginJob, lookAtJob } from '../jobs.ts'
import { pendingKeyLost, versionOneTakesNoOther } from '../reasons.ts'
import type { Failure, In } from '../state.ts'
import {
  bareCreateRejected,
  createAccepted,
  createRejected,
  described,
  found,
  issued,
  notDescribed,
  notRecorded,
  recorded,
  started,
  timer,
} from '../testing/events.ts'
import { begins, goes, type Row, stays } from '../testing/expected.ts'
import { after, live, myCsr, newId, oldId, otherCsr, states, strangeId, x } from '../testing/states.ts'
import { armTimer } from '../timers.ts'

const { ask } = states
const queued: In<'ask'> = { ...ask, begun: false, backend: 'unknown' }
const unknown: In<'ask'> = { ...ask, backend: 'unknown' }
const publish: Effect = { kind: 'publish-create', execution: x, csrDigest: myCsr }
const look = lookAtJob(x)
const again = (afterMs: number) => armTimer('ask', 'again', afterMs)
const over = goes('ask-over', states.close)
const mine = found({ pending: myCsr })
const lost = (begun: boolean) =>
  goes('ask-key-lost', {
    ...states.fail,
    begun,
    failure: pendingKeyLost,
  })
const fails = (failure: Failure) => goes('ask-rejected', { ...states.fail, failure })
const checks = { ...states.check, newCertificateId: null }

describe('ask, before IN_PROGRESS is recorded', () => {
  test.each<Row>([
    [
      'M10: it was lost: again, later and later',
      queued,
      timer('ask'),
      stays({ ...queued, live: live({ attempt: 1, silentMs: 5_000 }) }, beginJob('ask', x), again(10_000)),
    ],
    [
      'M10: it was throttled: the timer asks again',
      queued,
      notRecorded('IN_PROGRESS', 'RequestThrottled'),
      stays(queued),
    ],
    [
      'recorded: only now a certificate is asked for',
      { ...queued, live: live({ attempt: 3 }) },
      recorded('IN_PROGRESS'),
      begins(unknown),
    ],
    [
      'M10: recorded before',
      queued,
      notRecorded('IN_PROGRESS', 'VersionMismatch', 'IN_PROGRESS'),
      begins(unknown),
    ],
    ['C8: cancelled', queued, notRecorded('IN_PROGRESS', 'InvalidStateTransition', 'CANCELED'), over],
    ['C8: deleted', queued, notRecorded('IN_PROGRESS', 'ResourceNotFound'), over],
    ['M13: another update says nothing', queued, recorded('FAILED'), stays(queued)],
    ['M13: a certificate that was not asked for', queued, createAccepted(), stays(queued)],
    ['M13: a rejection of nothing', queued, createRejected({ code: 'CSR_INVALID' }), stays(queued)],
    ['D18: the key is gone at the start', queued, started(found()), lost(false)],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })
})

describe('ask', () => {
  test.each<Row>([
    [
      'M1, M2: no answer: the same CSR again',
      ask,
      timer('ask'),
      stays({ ...ask, live: live({ attempt: 1, silentMs: 5_000 }) }, publish, look, again(10_000)),
    ],
    [
      'C18: a backend that may be version 1 is given time',
      unknown,
      timer('ask'),
      stays({ ...unknown, live: live({ attempt: 1, silentMs: 121_000 }) }, publish, look, again(121_000)),
    ],
    ['no other timer', ask, timer('ask', 'look'), stays(ask)],
    ['accepted', ask, createAccepted(), goes('ask-to-check', checks)],
    ['accepted by a backend not known before', unknown, createAccepted(), goes('ask-to-check', checks)],
    [
      'C18: accepted by a version 1 backend',
      unknown,
      createAccepted({ certificatePem: 'PEM' }),
      goes('ask-to-check', { ...checks, backend: 'v1', announcedId: null }),
    ],
    ['M20: for another CSR', ask, createAccepted({ ...issued, csrDigest: otherCsr }), stays(ask)],
    ['M13: for an earlier execution', ask, createAccepted({ ...issued, executionNumber: 1 }), stays(ask)],
    [
      'M16: the longest that is taken',
      ask,
      createAccepted({ ...issued, certificatePem: 'P'.repeat(16_384) }),
      goes('ask-to-check', { ...checks, certificatePem: 'P'.repeat(16_384) }),
    ],
    [
      'M16: longer than any certificate',
      ask,
      createAccepted({ ...issued, certificatePem: 'P'.repeat(16_385) }),
      goes('ask-unusable', {
        ...states.fail,
        failure: {
          code: 'CERTIFICATE_UNUSABLE',
          reason: 'The cloud sent a certificate of 16385 characters; at most 16384 are taken.',
        },
      }),
    ],
    [
      'a final rejection',
      ask,
      createRejected({ code: 'NOT_ATTACHED', errorMsg: 'Not attached.' }),
      fails({ code: 'NOT_ATTACHED', reason: 'The cloud rejected the create: Not attached.' }),
    ],
    [
      'M20: another CSR of this execution has a certificate',
      ask,
      createRejected({ code: 'ANOTHER_CSR_PENDING', errorMsg: 'Another.' }),
      fails({ code: 'ANOTHER_CSR_PENDING', reason: 'The cloud rejected the create: Another.' }),
    ],
    [
      'an unknown final code',
      ask,
      createRejected({ code: 'NEWER', errorMsg: 'New.' }),
      fails({ code: 'CLOUD_REFUSED', reason: 'The cloud rejected the create with NEWER: New.' }),
    ],
    [
      'C18: a version 1 rejection',
      unknown,
      bareCreateRejected,
      fails({ code: 'CLOUD_REFUSED', reason: 'The cloud rejected the create: Pre-conditions not met' }),
    ],
    [
      'C18: a version 1 rejection of a job whose document names algorithms',
      { ...unknown, extended: true },
      bareCreateRejected,
      fails({
        code: 'CLOUD_REFUSED',
        reason: `The cloud rejected the create: Pre-conditions not met. ${versionOneTakesNoOther}`,
      }),
    ],
    [
      'a rejection of such a job by a backend that takes it',
      { ...ask, extended: true },
      createRejected({ code: 'NOT_ATTACHED', errorMsg: 'Not attached.' }),
      fails({ code: 'NOT_ATTACHED', reason: 'The cloud rejected the create: Not attached.' }),
    ],
    [
      'a bare rejection from nobody',
      ask,
      bareCreateRejected,
      stays({ ...ask, live: live({ bareAnswers: 1 }) }),
    ],
    [
      'M13: a rejection of an earlier question',
      ask,
      createRejected({ executionNumber: 1, code: 'CSR_INVALID' }),
      stays(ask),
    ],
    [
      'a retryable one shows a version 2 backend, which is asked again soon',
      unknown,
      createRejected({ code: 'TRY_LATER' }),
      stays(ask, again(5_000)),
    ],
    [
      'an unknown retryable code',
      ask,
      createRejected({ code: 'NEWER', retryable: true }),
      stays(ask, again(5_000)),
    ],
    [
      'M17: the cloud takes it for ended: Jobs is asked',
      ask,
      createRejected({ code: 'EXECUTION_NOT_IN_PROGRESS' }),
      stays(ask, look, again(5_000)),
    ],
    [
      'the record is of another execution: Jobs is asked',
      ask,
      createRejected({ code: 'OTHER_EXECUTION' }),
      stays(ask, look, again(5_000)),
    ],
    ['C9: Jobs says that it has ended', ask, described({ status: 'TIMED_OUT' }), over],
    ['C8: Jobs knows it no more', ask, notDescribed('ResourceNotFound'), over],
    ['Jobs says that it goes on', ask, described({ status: 'IN_PROGRESS' }), stays(ask)],
    ['recorded once more', ask, recorded('IN_PROGRESS'), stays(ask)],
    ['D18: the key is gone', ask, { kind: 'pending-lost' }, lost(true)],
    ['D18: another key is there at the start', ask, started(found({ pending: otherCsr })), lost(true)],
    [
      'D11: another certificate was configured meanwhile',
      ask,
      started({ ...mine, current: strangeId }),
      begins({ ...ask, oldCertificateId: strangeId }),
    ],
    ['D5: Greengrass restarted', ask, started(mine, after), begins({ ...ask, service: after })],
    ['no usable identity is found', ask, started({ ...mine, current: null }), begins(ask)],
    [
      'silence for long: the identity is probed',
      { ...ask, live: live({ attempt: 9, silentMs: 540_000 }) },
      timer('ask'),
      stays(
        { ...ask, live: live({ attempt: 10, silentMs: 600_000, look: 'probing' }) },
        publish,
        look,
        again(60_000),
        { kind: 'probe-current' },
      ),
    ],
    [
      'Greengrass should be connected',
      { ...ask, live: live({ silentMs: 600_000, look: 'probing' }) },
      { kind: 'current-probed', outcome: 'accepted' },
      stays({ ...ask, restarts: 1 }, { kind: 'restart-service' }),
    ],
    ['an event of another phase', ask, { kind: 'installed' }, stays(ask)],
  ])('%s', (_, state, event, expected) => {
    expect(advance(state, event)).toEqual(expected)
  })

  test('C18: however much a version 1 backend says, why it refuses the document still fits into a status detail', () => {
    const reply = { errorMsg: 'n'.repeat(5_000) }
    const { effects } = advance({ ...unknown, extended: true }, { kind: 'create-rejected', reply })
    const details = effects.flatMap(effect => (effect.kind === 'update-job' ? [effect.statusDetails] : []))
    expect(details).toMatchObject([
      { DeviceFailureReason: expect.stringMatching(/n\. The backend is .* backend\.$/u) },
    ])
  })

  test('the id that the backend gave is kept to be compared', () => {
    expect(advance(ask, createAccepted()).state).toMatchObject({
      announcedId: newId,
      oldCertificateId: oldId,
    })
  })
})
