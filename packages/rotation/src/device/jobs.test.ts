import { expect, test } from 'vitest'
import type { DeviceEvent } from './events.ts'
import { beginJob, lookAtJob, readDocument, showsOver, updateOutcome } from './jobs.ts'
import { described, nextJob, notDescribed, notRecorded, recorded, timer } from './testing/events.ts'
import { jobId, x } from './testing/states.ts'

test('what is asked carries its own token, number and details', () => {
  expect(beginJob('ask', x)).toEqual({
    kind: 'update-job',
    execution: x,
    status: 'IN_PROGRESS',
    statusDetails: { CertificateRotator: 'true', phase: 'ask' },
    clientToken: 'rotator-IN_PROGRESS-2',
  })
  expect(lookAtJob(x)).toEqual({
    kind: 'get-job',
    execution: x,
    includeJobDocument: false,
    clientToken: 'rotator-get-2',
  })
  expect(readDocument(x)).toEqual({ ...lookAtJob(x), includeJobDocument: true })
})

const accepted = (id: string, clientToken: string | undefined): DeviceEvent => ({
  kind: 'job-update-accepted',
  jobId: id,
  clientToken,
})
const rejected = (id: string, clientToken: string): DeviceEvent => ({
  kind: 'job-update-rejected',
  jobId: id,
  rejection: { code: 'InvalidStateTransition', clientToken },
})

test.each<[string, DeviceEvent, string]>([
  ['an accepted update is recorded', recorded('FAILED'), 'recorded'],
  ['M12: another job is none of ours', accepted('theirs', 'rotator-FAILED-2'), 'open'],
  ['M12: without our token it is not ours', accepted('rotation-1', undefined), 'open'],
  ['M13: the update before this one says nothing', recorded('IN_PROGRESS'), 'open'],
  ['M13: an earlier execution says nothing', accepted('rotation-1', 'rotator-FAILED-1'), 'open'],
  ['M12: a rejection for another job says nothing', rejected('theirs', 'rotator-FAILED-2'), 'open'],
  ['M13: a rejection of another update says nothing', rejected('rotation-1', 'rotator-SUCCEEDED-2'), 'open'],
  [
    'M9: recorded before, its reply lost',
    notRecorded('FAILED', 'InvalidStateTransition', 'FAILED'),
    'recorded',
  ],
  ['ended otherwise', notRecorded('FAILED', 'InvalidStateTransition', 'TIMED_OUT'), 'over'],
  [
    'still going on, whatever the code',
    notRecorded('FAILED', 'InvalidStateTransition', 'IN_PROGRESS'),
    'open',
  ],
  ['no transition, state not told', notRecorded('FAILED', 'InvalidStateTransition'), 'over'],
  ['deleted', notRecorded('FAILED', 'ResourceNotFound'), 'over'],
  ['terminal', notRecorded('FAILED', 'TerminalStateReached'), 'over'],
  ['M10: throttled', notRecorded('FAILED', 'RequestThrottled'), 'open'],
  [
    'a code that no ended execution has, with a state',
    notRecorded('FAILED', 'VersionMismatch', 'TIMED_OUT'),
    'open',
  ],
  ['another event', timer('fail'), 'open'],
])('an update: %s', (_, event, outcome) => {
  expect(updateOutcome(event, x, 'FAILED')).toBe(outcome)
})

test.each<[string, DeviceEvent, boolean]>([
  ['in progress', described({ status: 'IN_PROGRESS' }), false],
  ['queued', described({ status: 'QUEUED' }), false],
  ['timed out', described({ status: 'TIMED_OUT' }), true],
  ['M12: another job', described({ jobId: jobId('theirs'), status: 'TIMED_OUT' }), false],
  ['M13: an earlier execution', described({ executionNumber: 1, status: 'TIMED_OUT' }), false],
  ['a retry has begun', described({ executionNumber: 3, status: 'QUEUED' }), true],
  ['terminal', notDescribed('TerminalStateReached'), true],
  ['deleted', notDescribed('ResourceNotFound'), true],
  ['throttled', notDescribed('RequestThrottled'), false],
  ['M12: asked by another component', notDescribed('ResourceNotFound', 'theirs'), false],
  ['M12: about another job', notDescribed('ResourceNotFound', 'rotator-get-2', 'theirs'), false],
  ['the next job says nothing', nextJob(undefined), false],
  ['another event', timer('ask'), false],
])('whether it is over: %s', (_, event, over) => {
  expect(showsOver(event, x)).toBe(over)
})
