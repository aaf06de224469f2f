import { isDeepStrictEqual } from 'node:util'
import { notificationOf } from '@rotator/backend/notices/notice-text'
import { thingNameSchema } from '@rotator/protocol/ids'
import { mayRetire } from '@rotator/rotation/record/may-retire'
import { isOpen, knownCertificates, type RotationRecord } from '@rotator/rotation/record/record'
import { readRecord, writeRecord } from '@rotator/rotation/record/shadow'
import { endsToDecide, retiringAnew } from '@rotator/rotation/record/sweep'
import { fresh, old, other, retried, stranger, x } from '@rotator/rotation/testing/record-ids'
import {
  attached,
  commit,
  create,
  decideIn,
  ended,
  openRecord,
  settledRecord,
  tombstoneRecord,
  version1Record,
} from '@rotator/rotation/testing/records'
import * as v from 'valibot'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target } from '../../target.ts'
import { claimShapes, isCertificateId, isCount, isJobId, jsonOrNothing } from '../shapes.ts'

const thing = v.parse(thingNameSchema, 'dev1')
const writtenAt = '2026-01-01T00:00:00Z'

const events = [
  create(),
  create({ execution: other, principal: fresh }),
  create({ execution: other, principal: stranger, version: 'v1' }),
  commit(),
  commit({ principal: old, turn: 2 }),
  commit({ confirmed: true }),
  commit({ execution: retried, view: 'over' }),
  ended('SUCCEEDED'),
  ended('FAILED'),
  ended('TIMED_OUT'),
  ended('DELETED', other),
]
const kept: RotationRecord[] = [
  openRecord('created'),
  openRecord('committed'),
  openRecord('abandoned'),
  openRecord('held'),
  version1Record('created'),
  settledRecord('old'),
  settledRecord('new'),
  tombstoneRecord(),
  { progress: 'none', toldOf: [old] },
]
const words = [
  ...new Set(kept.flatMap(record => Object.keys(writeRecord(record, writtenAt)))),
  'created',
  'committed',
  'abandoned',
  'held',
  'settled',
  'v1',
  'v2',
  old,
  fresh,
  stranger,
]

/** The record as it stands in the thing's shadow, where a device whose policy lets it may write whatever it wants. */
export const record: Target = {
  name: 'record',
  mutate: jsonOf(words),
  execute(input) {
    const reported = jsonOrNothing(input.toString())
    const read = readRecord(reported)
    claimRecord(read)
    claimSame(read)
    for (const id of [old, fresh, stranger]) {
      const mayGo = mayRetire(read, id, false).retire
      claim(
        !mayGo || knownCertificates(read).includes(id),
        'a certificate that the record does not name may go',
      )
      claim(!mayGo || read.progress === 'none' || read.keep !== id, 'the certificate that is kept may go')
    }
    claimSweep(read)
    const rows = events.map(event => rowOf(read, event))
    return `${read.progress} ${[...new Set(rows)].join()}`
  },
  seeds: () =>
    Object.fromEntries(
      kept.map((one, n) => [`${one.progress}-${n}`, JSON.stringify(writtenBy(one))] as const),
    ),
}

/** As a shadow stores an update: what is null is not there. */
const writtenBy = (one: RotationRecord): object =>
  Object.fromEntries(Object.entries(writeRecord(one, writtenAt)).filter(([, value]) => value !== null))

const written = [{}, ...kept.map(writtenBy)]

function claimRecord(read: RotationRecord): void {
  if (read.progress === 'none') {
    claim(read.toldOf.every(isCertificateId), 'the operators were told of something else than certificates')
    return
  }
  claimShapes(read)
  claim(knownCertificates(read).every(isCertificateId), 'a certificate without an id')
  claim(isCount(read.turn, 0), 'a turn that is no count')
  const executions = [...read.told, ...(read.execution === undefined ? [] : [read.execution])]
  const areIds = executions.every(one => isJobId(one.jobId) && isCount(one.executionNumber, 1))
  claim(areIds, 'an execution without its two parts')
  claim(!isOpen(read) || isCertificateId(read.keep), 'an open record that keeps nothing')
}

const listed = [
  { ...x, status: 'SUCCEEDED', lastUpdatedAtMs: 1, hasBegun: true },
  { ...other, status: 'FAILED', lastUpdatedAtMs: 2, hasBegun: true },
  { ...retried, status: 'IN_PROGRESS', lastUpdatedAtMs: 3, hasBegun: true },
] as const

/** A sweep settles no execution that goes on, and queues nothing that is kept. */
function claimSweep(read: RotationRecord): void {
  const ends = [listed, []].flatMap(executions => endsToDecide(read, executions, { sinceMs: 0, untilMs: 9 }))
  claim(
    ends.every(({ execution }) => isCount(execution.executionNumber, 1)),
    'an end without a number',
  )
  const queued = retiringAnew(read, { recordedAtMs: 0, overdueMs: 1 })
  claim(
    queued.every(id => knownCertificates(read).includes(id)),
    'something is queued that no record names',
  )
}

/** In which -0 is 0. */
const asJson = (one: RotationRecord): unknown => JSON.parse(JSON.stringify(one))

/** What is written is read again as it was, also over another record. */
function claimSame(one: RotationRecord): void {
  for (const before of written) {
    const merged = { ...before, ...writeRecord(one, writtenAt) }
    const stored = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
    const again = readRecord(JSON.parse(JSON.stringify(stored)))
    claim(
      isDeepStrictEqual(asJson(again), asJson(one)),
      `${one.progress} is read as ${again.progress} after it was written`,
    )
  }
}

/** The record decides every event, whatever stands in it, and tells the operators nothing that is half a sentence. */
function rowOf(read: RotationRecord, event: (typeof events)[number]): string {
  const { decision } = decideIn({ firstLook: attached(old) }, read, event)
  if (decision.tell !== undefined) {
    const { message } = notificationOf(thing, decision.tell)
    claim(!/undefined|null|NaN|\[object/u.test(message), `the operators read: ${message}`)
  }
  if (decision.kind === 'issue') return decision.row
  if (decision.next !== undefined) claimSame(decision.next)
  return decision.row
}
