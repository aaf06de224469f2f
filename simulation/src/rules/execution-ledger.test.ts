import type { ExecutionEvent } from '@rotator/local-cloud/jobs/outbox'
import { jobsWorld } from '@rotator/local-cloud/testing/jobs-world'
import { noRecord, type RotationRecord } from '@rotator/rotation/record/record'
import { other, retried, x } from '@rotator/rotation/testing/record-ids'
import { openRecord, settledRecord } from '@rotator/rotation/testing/records'
import { expect, test } from 'vitest'
import { type EndedAttempt, ExecutionLedger } from './execution-ledger.ts'

test('an end counts although the account publishes no events of it', () => {
  const world = jobsWorld()
  const heard: EndedAttempt[] = []
  const ledger = new ExecutionLedger(world.service, attempt => void heard.push(attempt))
  world.createJob('J1')
  world.device('dev1').publish('$aws/things/dev1/jobs/J1/update', { status: 'FAILED' })
  const failed = { thing: 'dev1', jobId: 'J1', executionNumber: 1, status: 'FAILED', isWithdrawn: false }
  expect(ledger.ended).toEqual([failed])
  expect(heard).toEqual([failed])
  expect(ledger.nextNumber('dev1', 'J1')).toBe(2)
})

test('what was cancelled before its device took it up is nothing to tell of; what was in progress is', () => {
  const world = jobsWorld()
  const ledger = new ExecutionLedger(world.service, () => {})
  const isCancelledBeyondTelling = (jobId: string, record: RotationRecord = noRecord) => {
    world.call('CancelJobExecution', { params: { jobId, thingName: 'dev1' }, query: { force: 'true' } })
    return ledger.ended.filter(one => one.jobId === jobId).map(one => ledger.isBeyondTelling(one, record))
  }
  world.createJob('J1')
  expect(isCancelledBeyondTelling('J1')).toEqual([true])
  world.createJob('J2')
  world.device('dev1').publish('$aws/things/dev1/jobs/J2/update', { status: 'IN_PROGRESS' })
  expect(isCancelledBeyondTelling('J2')).toEqual([false])
})

test('what was cancelled before its device took it up is to be told of where the record is of that very try', () => {
  const ledger = new ExecutionLedger({ onExecutionEnded: () => {} }, () => {})
  const withdrawn = { thing: 'dev1', ...x, status: 'CANCELED', isWithdrawn: true } as const
  const isBeyondTelling = (record: RotationRecord) => ledger.isBeyondTelling(withdrawn, record)
  expect(isBeyondTelling(settledRecord('new'))).toBe(false)
  expect(isBeyondTelling(openRecord('held'))).toBe(false)
  for (const execution of [other, retried, undefined])
    expect(isBeyondTelling(settledRecord('new', { execution }))).toBe(true)
})

test('a deletion counts only where whoever deleted says that the execution was open', () => {
  let end: (event: ExecutionEvent) => void = () => {}
  const ledger = new ExecutionLedger({ onExecutionEnded: listener => void (end = listener) }, () => {})
  const world = jobsWorld()
  world.service.onExecutionEnded(event => {
    end(event)
  })
  world.createJob('J1')
  world.call('DeleteJob', { params: { jobId: 'J1' }, query: { force: 'true' } })
  expect(ledger.ended).toEqual([])
  ledger.deletedWhileOpen('dev1', 'J1')
  expect(ledger.ended.map(({ status }) => status)).toEqual(['DELETED'])
  ledger.forget(({ jobId }) => jobId === 'J1')
  expect(ledger.ended).toEqual([])
})
