import type { CertificateId } from '@rotator/protocol/ids'
import { isRetryable } from '@rotator/protocol/rejection-codes'
import { describe, expect, test } from 'vitest'
import {
  csr,
  fresh,
  going,
  issued,
  leftBehind,
  old,
  other,
  otherCsr,
  retried,
  stranger,
  unnumbered,
  x,
} from '../testing/record-ids.ts'
import {
  type Asked,
  attached,
  commit,
  create,
  decideIn,
  ended,
  openRecord,
  settledRecord,
  tombstoneRecord,
  version1Record,
  type World,
} from '../testing/records.ts'
import { recordIssued } from './create.ts'
import type { Decided } from './decision.ts'
import type { EndStatus, EventExecution, ExecutionView, RecordEvent } from './events.ts'
import { mayRetire } from './may-retire.ts'
import { knownCertificates, noRecord, type RotationRecord } from './record.ts'
import { rows } from './rows.ts'

const records: Record<string, RotationRecord> = {
  none: noRecord,
  created: openRecord('created'),
  committed: openRecord('committed'),
  abandoned: openRecord('abandoned'),
  held: openRecord('held'),
  'created, made by version 1': openRecord('created', { madeBy: 'v1' }),
  'committed, made by version 1': openRecord('committed', { madeBy: 'v1' }),
  'held, made by version 1': openRecord('held', { madeBy: 'v1' }),
  'settled on OLD': settledRecord('old'),
  'settled on NEW': settledRecord('new'),
  'settled on NEW, told': settledRecord('new', { told: [x] }),
  'tombstone without a kept certificate': tombstoneRecord(),
  'tombstone after a rotation': settledRecord('new', { tombstone: true, told: [x] }),
  'created by a version 1 backend': version1Record('created'),
  'committed by a version 1 backend': version1Record('committed'),
}

const principals = [old, fresh, stranger, going]
const executions: EventExecution[] = [x, retried, other]
const versions = ['v1', 'v2'] as const
const views: ExecutionView[] = ['in-progress', 'over', 'unclear']
const endings: EndStatus[] = [
  'SUCCEEDED',
  'FAILED',
  'REJECTED',
  'TIMED_OUT',
  'CANCELED',
  'REMOVED',
  'DELETED',
]

function* events(): Generator<RecordEvent> {
  for (const principal of principals) {
    for (const version of versions) {
      for (const execution of version === 'v1' ? [...executions, unnumbered] : executions) {
        for (const view of views) {
          const from = { principal, version, execution, view }
          for (const csrDigest of [csr, otherCsr]) yield create({ ...from, csrDigest })
          for (const turn of [0, 1, 2]) {
            for (const certificateId of [undefined, principal, principal === old ? fresh : old]) {
              for (const confirmed of [false, true]) yield commit({ ...from, turn, certificateId, confirmed })
              yield commit({ ...from, turn, certificateId, alone: true })
            }
          }
        }
      }
    }
  }
  for (const execution of [...executions, unnumbered]) {
    for (const status of endings) yield ended(status, execution)
    yield { ...ended('FAILED', execution), reporter: 'v1' }
  }
  for (const certificateId of [old, fresh, stranger, going, leftBehind]) {
    yield { kind: 'retired', certificateId }
  }
}

function* worlds(event: RecordEvent): Generator<World> {
  const principal = 'principal' in event ? event.principal : old
  const lists = [
    attached(principal),
    attached(old, fresh, going, leftBehind),
    attached(principal, stranger),
    [],
    [{ certificateId: principal, exclusive: false }],
  ]
  for (const recordExecution of views) {
    for (const firstLook of lists) yield { recordExecution, firstLook }
    yield { recordExecution, firstLook: [], secondLook: attached(principal) }
    yield { recordExecution, eventExecution: 'in-progress', firstLook: attached(principal) }
  }
}

interface Cell extends Asked {
  name: string
  record: RotationRecord
  event: RecordEvent
  /** With the certificate issued, where the decision was an order to issue one. */
  outcome: Decided
}

let computed: Cell[] | undefined

/** Computed in the first test that asks, so that loading this file decides nothing. */
function allCells(): Cell[] {
  computed ??= computeCells()
  return computed
}

function computeCells(): Cell[] {
  const cells: Cell[] = []
  for (const [state, record] of Object.entries(records)) {
    for (const event of events()) {
      for (const world of worlds(event)) {
        const asked = decideIn(world, record, event)
        const { decision } = asked
        const identities = {
          oldSubject: '1',
          oldKeyDigest: '2',
          newKeyDigest: '3',
          oldNotAfterMs: 4,
          newNotAfterMs: 5,
        }
        const outcome =
          decision.kind === 'issue'
            ? recordIssued(decision, { newCertificateId: issued, identities })
            : decision
        cells.push({
          ...asked,
          name: `${state} | ${JSON.stringify({ event, world })}`,
          record,
          event,
          outcome,
        })
        if (asked.needs.length === 0) break
      }
    }
  }
  return cells
}

/** The names of the cells of which this is not true; a few of them tell enough. */
const exceptions = (holds: (cell: Cell) => boolean): string[] =>
  allCells()
    .filter(cell => !holds(cell))
    .map(({ name, outcome }) => `${name} → ${outcome.row}`)
    .slice(0, 3)

const after = ({ record, outcome }: Cell): RotationRecord => outcome.next ?? record

function inPlay(record: RotationRecord): CertificateId[] {
  if (record.progress === 'none') return []
  const { keep, oldCertificateId, newCertificateId } = record
  const all = record.progress === 'settled' ? [keep] : [keep, oldCertificateId, newCertificateId]
  return all.filter(id => id !== undefined)
}

const retiring = (record: RotationRecord) => (record.progress === 'none' ? [] : record.retiring)
const superseded = (record: RotationRecord) => (record.progress === 'none' ? [] : record.superseded)

describe('every cell of the table', () => {
  test('is decided by a row, and every row decides some cell', () => {
    const cells = allCells()
    const fired = new Set(cells.flatMap(({ outcome }) => [outcome.row, ...outcome.passed]))
    expect(cells.length).toBeGreaterThan(20_000)
    expect([...fired].sort()).toEqual(Object.keys(rows).sort())
  })

  test('asks for no more than one list, unless it would refuse or believe a stranger', () => {
    const extraordinary: string[] = [
      'create: not attached',
      'create: not exclusive',
      'create: unknown certificate attached',
      'create: not the kept certificate',
      'create: given by hand',
    ]
    const isStaleList = ({ name }: Cell) => name.includes('secondLook')
    expect(
      exceptions(
        cell =>
          !cell.needs.includes('attached-principals-again') ||
          extraordinary.includes(cell.outcome.row) ||
          isStaleList(cell),
      ),
    ).toEqual([])
  })

  test('queues only what the record itself decided to retire', () => {
    expect(exceptions(cell => cell.outcome.queue.every(id => retiring(after(cell)).includes(id)))).toEqual([])
  })

  test('queues and retires nothing that is kept or in play', () => {
    expect(
      exceptions(cell => {
        const inUse = inPlay(after(cell))
        const goes = [...retiring(after(cell)), ...superseded(after(cell)), ...cell.outcome.queue]
        return (
          inUse.every(id => !goes.includes(id)) && inUse.every(id => !mayRetire(after(cell), id, true).retire)
        )
      }),
    ).toEqual([])
  })

  test('names no certificate for retirement that the record did not know', () => {
    expect(
      exceptions(cell => {
        const known = new Set(knownCertificates(cell.record))
        return [...retiring(after(cell)), ...superseded(after(cell))].every(id => known.has(id))
      }),
    ).toEqual([])
  })

  test('lets an id leave retiring only when it is retired, or proves to be the one in use', () => {
    expect(
      exceptions(cell => {
        const { record, event } = cell
        const kept = after(cell)
        return retiring(record).every(
          id =>
            retiring(kept).includes(id) ||
            (event.kind === 'retired' && event.certificateId === id) ||
            (event.kind !== 'ended' &&
              'principal' in event &&
              event.principal === id &&
              inPlay(kept).includes(id)),
        )
      }),
    ).toEqual([])
  })

  test('lets what a version 1 device left behind go only when a rotation is settled on NEW', () => {
    expect(
      exceptions(cell => {
        const next = after(cell)
        const isSettledOnNew = next.progress === 'settled' && next.keep === next.newCertificateId
        return (
          isSettledOnNew ||
          superseded(cell.record).every(
            id => superseded(next).includes(id) && !cell.outcome.queue.includes(id),
          )
        )
      }),
    ).toEqual([])
  })

  test('accepts a commit only by the certificate that the record then keeps or has committed', () => {
    expect(
      exceptions(cell => {
        const { say } = cell.outcome
        if (say.kind !== 'accepted') return true
        const next = after(cell)
        const isBy = 'principal' in cell.event && cell.event.principal === say.certificateId
        if (next.progress === 'settled') return isBy && next.keep === say.certificateId
        const isCommitted = next.progress === 'committed' || next.progress === 'held'
        return isBy && isCommitted && next.newCertificateId === say.certificateId && !say.confirmed
      }),
    ).toEqual([])
  })

  test('answers a create only with the certificate that the record names as NEW', () => {
    expect(
      exceptions(cell => {
        const { say } = cell.outcome
        if (say.kind !== 'certificate') return true
        const next = after(cell)
        return next.progress === 'created' && next.newCertificateId === say.certificateId
      }),
    ).toEqual([])
  })

  test('never tells a version 1 device to ask again, and never ignores another, but for one whose execution ended', () => {
    expect(
      exceptions(({ event, outcome }) => {
        if (!('version' in event)) return outcome.say.kind === 'silence'
        if (event.version === 'v1') return outcome.say.kind !== 'rejected' || !isRetryable(outcome.say.code)
        return outcome.say.kind !== 'silence' || outcome.row === 'create: execution has ended meanwhile'
      }),
    ).toEqual([])
  })

  test('changes nothing for a commit over another connection or of an older turn, but for noting the turn', () => {
    expect(
      exceptions(({ outcome, record }) => {
        if (outcome.row === 'commit: stale turn') return outcome.next === undefined
        if (outcome.row !== 'commit: over another connection') return true
        const { next } = outcome
        if (next === undefined) return true
        return (
          next.progress !== 'none' &&
          record.progress !== 'none' &&
          JSON.stringify({ ...next, turn: 0 }) === JSON.stringify({ ...record, turn: 0 })
        )
      }),
    ).toEqual([])
  })

  test('settles on OLD only by the end of the execution or by the word of OLD', () => {
    expect(
      exceptions(cell => {
        const { next } = cell.outcome
        const wasOpen = cell.record.progress !== 'none' && cell.record.progress !== 'settled'
        if (!wasOpen || next?.progress !== 'settled' || next.keep !== next.oldCertificateId) return true
        return (
          cell.event.kind === 'ended' || (cell.event.kind === 'commit' && cell.event.principal === next.keep)
        )
      }),
    ).toEqual([])
  })

  test('D18: never retires NEW on the end that follows when the device said that it has nothing else', () => {
    const alone = allCells().filter(
      ({ event, outcome }) => event.kind === 'commit' && event.alone && outcome.say.kind === 'accepted',
    )
    expect(alone.length).toBeGreaterThan(100)
    const ends = endings.flatMap(status => executions.map(execution => ended(status, execution)))
    const lost = alone.filter(cell =>
      ends.some(end => {
        const { decision } = decideIn({}, after(cell), end)
        const next = (decision.kind === 'decided' && decision.next) || after(cell)
        return 'principal' in cell.event && retiring(next).includes(cell.event.principal)
      }),
    )
    expect(lost.map(({ name }) => name).slice(0, 3)).toEqual([])
  })

  test('has the operators told of every end without success, unless they were', () => {
    expect(
      exceptions(({ event, outcome, record }) => {
        if (event.kind !== 'ended' || event.status === 'SUCCEEDED') return true
        const isTold = record.progress !== 'none' && record.told.length > 0
        return outcome.tell !== undefined || isTold
      }),
    ).toEqual([])
  })
})
