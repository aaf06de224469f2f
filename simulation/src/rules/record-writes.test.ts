import { noRecord, type RotationRecord } from '@rotator/rotation/record/record'
import { fresh, going, job, old, other, x } from '@rotator/rotation/testing/record-ids'
import { openRecord, settledRecord, tombstoneRecord } from '@rotator/rotation/testing/records'
import { expect, test } from 'vitest'
import type { FunctionLife } from '../cloud/function-host.ts'
import { RecordWrites } from './record-writes.ts'

const life = (functionName: string, event: unknown): FunctionLife => ({
  functionName,
  event,
  isDead: false,
  die: () => {},
})
const commitBy = (principal: string, more: object = {}) => life('commit', { principal, jobId: job, ...more })
const attempt = { thing: 'dev1', jobId: job, executionNumber: x.executionNumber }
const silent = [{ rule: 2, problem: 'settled without the word of the device or an end' }]

function written(
  before: Parameters<RecordWrites['begin']>[1],
  by: FunctionLife,
  after: typeof before,
  ended: Parameters<RecordWrites['begin']>[3] = [],
) {
  const writes = new RecordWrites()
  writes.begin('dev1', before, by, ended)
  const found = writes.end('dev1', after)
  expect(writes.end('dev1', noRecord)).toEqual([])
  return found
}

test('a commit settles by what it says and by who says it', () => {
  const committed = openRecord('committed')
  expect(written(committed, commitBy(fresh, { confirmed: true }), settledRecord('new'))).toEqual([])
  expect(written(committed, commitBy(fresh), settledRecord('new'))).toEqual(silent)
  expect(written(committed, commitBy(old), settledRecord('old'))).toEqual(silent)
})

test('the end of a job settles what was not committed', () => {
  const event = {
    operation: 'failed',
    jobId: job,
    thingArn: 'arn:aws:iot:eu-central-1:123456789012:thing/dev1',
  }
  expect(written(openRecord('created'), life('finish', event), settledRecord('old'))).toEqual([])
  expect(written(openRecord('committed'), life('finish', event), settledRecord('old'))).toEqual(silent)
})

test('a sweep settles by an end that there was, or by an execution that is gone', () => {
  const swept = life('sweep', {})
  const [created, committed] = [openRecord('created'), openRecord('committed')]
  expect(written(created, swept, settledRecord('old'))).toEqual([])
  expect(written(committed, swept, settledRecord('new'))).toEqual(silent)
  expect(
    written(committed, swept, settledRecord('new'), [
      { ...attempt, status: 'SUCCEEDED', isWithdrawn: false },
    ]),
  ).toEqual([])
  expect(
    written(created, swept, settledRecord('old'), [{ ...attempt, status: 'SUCCEEDED', isWithdrawn: false }]),
  ).toEqual(silent)
})

test('of a batch any retirement may be the reason, and no other', () => {
  const batch = life('retire', {
    Records: [old, going].map(id => ({ body: JSON.stringify({ certificateId: id }) })),
  })
  const before = settledRecord('new', { retiring: [going] })
  expect(written(before, batch, settledRecord('new', { retiring: [] }))).toEqual([])
  const other = settledRecord('new', { retiring: [fresh] })
  expect(written(other, batch, settledRecord('new', { retiring: [] }))).toEqual([
    { rule: 5, problem: 'an id left retiring and was not retired' },
  ])
})

test('two writes between two looks are held against both reasons', () => {
  const writes = new RecordWrites()
  writes.begin('dev1', openRecord('committed'), life('create', { principal: old, jobId: job }), [])
  writes.begin('dev1', openRecord('committed'), commitBy(fresh, { confirmed: true }), [])
  expect(writes.end('dev1', settledRecord('new'))).toEqual([])
})

test('an execution is spoken for by the device whose request brings it into the record, not by a sweep that remembers it', () => {
  const spokenFor = (before: RotationRecord, by: FunctionLife, after: RotationRecord) => {
    const writes = new RecordWrites()
    writes.begin('dev1', before, by, [])
    return writes.spokenFor('dev1', after)
  }
  const [alone, create] = [settledRecord('new'), life('create', { principal: old, jobId: job })]
  expect(spokenFor(noRecord, commitBy(fresh), alone)).toEqual(x)
  expect(spokenFor(noRecord, create, openRecord('created'))).toEqual(x)
  expect(spokenFor(noRecord, life('sweep', {}), tombstoneRecord())).toBeUndefined()
  expect(spokenFor(tombstoneRecord(), commitBy(fresh), alone)).toBeUndefined()
  expect(spokenFor(tombstoneRecord({ execution: other }), commitBy(fresh), alone)).toEqual(x)
  expect(spokenFor(alone, commitBy(fresh), noRecord)).toBeUndefined()
  expect(new RecordWrites().spokenFor('dev1', alone)).toBeUndefined()
})
