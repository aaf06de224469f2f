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
  x,
} from '../testing/record-ids.ts'
import {
  answer,
  attached,
  create,
  decideIn,
  ended,
  identities,
  openRecord,
  rejection,
  settledRecord,
  tombstoneRecord,
  version1Record,
} from '../testing/records.ts'
import { recordIssued } from './create.ts'
import { decide } from './decide.ts'
import type { Issue, Notice } from './decision.ts'
import { noRecord, type OpenRecord } from './record.ts'

const next = create({ execution: other, csrDigest: otherCsr })
const onlyOld = { firstLook: attached(old) }

const bothKept = (execution: Notice['execution']): Notice => ({
  kind: 'both-kept',
  execution,
  status: undefined,
  oldCertificateId: old,
  newCertificateId: fresh,
  certificateIds: [],
})

/** The draft of a rotation that begins with `next`. */
const draft = (differently: Partial<OpenRecord> = {}): Issue['draft'] => ({
  progress: 'created',
  execution: other,
  oldCertificateId: old,
  keep: old,
  csrDigest: otherCsr,
  turn: 0,
  retiring: [going],
  superseded: [leftBehind],
  unannounced: undefined,
  told: [],
  madeBy: 'v2',
  ...differently,
})

const issue = (row: Issue['row'], parts: Partial<Issue> = {}): Issue => ({
  kind: 'issue',
  row,
  draft: draft(),
  queue: [],
  tell: undefined,
  ...parts,
})

describe('a create whose execution is not in progress', () => {
  test('is refused for good once the execution is over, whatever the record says', () => {
    for (const record of [noRecord, openRecord('created'), settledRecord('new')]) {
      expect(decideIn({}, record, create({ view: 'over' }))).toEqual({
        needs: [],
        decision: answer('create: execution not in progress', {
          say: rejection('EXECUTION_NOT_IN_PROGRESS'),
        }),
      })
    }
  })

  test('is asked for again while nobody knows', () => {
    const tryLater = answer('create: execution unclear', { say: rejection('TRY_LATER') })
    expect(decide(noRecord, create({ view: 'unclear' }))).toEqual(tryLater)
    expect(decide(noRecord, create({ execution: { ...x, executionNumber: undefined } }))).toEqual(tryLater)
    expect(decide(noRecord, create({ view: 'unclear', version: 'v1' }))).toEqual(
      answer('create: execution unclear'),
    )
  })
})

describe('a rotation begins', () => {
  test('for a thing without a record, with one look at its certificates', () => {
    expect(decideIn(onlyOld, noRecord, create())).toEqual({
      needs: ['attached-principals'],
      decision: issue('create: a rotation begins', {
        draft: draft({ execution: x, csrDigest: csr, retiring: [], superseded: [] }),
      }),
    })
  })

  test('with the certificate that the last rotation settled on, beside those that still have to go', () => {
    const settled = settledRecord('old', { told: [x] })
    const world = { firstLook: attached(old, going, fresh, leftBehind) }
    expect(decideIn(world, settled, next)).toEqual({
      needs: ['attached-principals'],
      decision: issue('create: a rotation begins', { draft: draft({ retiring: [going, fresh], told: [x] }) }),
    })
    const settledOnNew = settledRecord('new')
    expect(decideIn({ firstLook: attached(fresh) }, settledOnNew, { ...next, principal: fresh })).toEqual({
      needs: ['attached-principals'],
      decision: issue('create: a rotation begins', {
        draft: draft({ oldCertificateId: fresh, keep: fresh, retiring: [going, old] }),
      }),
    })
  })

  test('with any attached certificate where none is known to be kept', () => {
    expect(decideIn(onlyOld, tombstoneRecord(), next)).toEqual({
      needs: ['attached-principals'],
      decision: issue('create: a rotation begins', { draft: draft({ retiring: [], superseded: [] }) }),
    })
  })

  test('and notes that a version 1 device made it', () => {
    const { decision } = decideIn(onlyOld, settledRecord('old'), { ...next, version: 'v1' })
    expect(decision).toEqual(
      issue('create: a rotation begins', { draft: draft({ madeBy: 'v1', retiring: [going, fresh] }) }),
    )
  })

  test('the certificate in use is never among those to go, even if an earlier decision said so', () => {
    const record = tombstoneRecord({ retiring: [old, going], superseded: [old, leftBehind] })
    const world = { firstLook: attached(old, going, leftBehind) }
    expect(decideIn(world, record, next).decision).toEqual(issue('create: a rotation begins'))
  })

  test('the issued certificate completes the record, which is written before anything is said', () => {
    const order = issue('create: OLD begins anew', { queue: [going] })
    expect(recordIssued(order, { newCertificateId: issued, identities })).toEqual(
      answer('create: OLD begins anew', {
        next: { ...draft(), newCertificateId: issued, identities },
        say: { kind: 'certificate', certificateId: issued },
        queue: [going],
      }),
    )
  })
})

describe('a create that repeats itself', () => {
  test('M2, M3: gets the same certificate again', () => {
    expect(decideIn({}, openRecord('created'), create())).toEqual({
      needs: [],
      decision: answer('create: the same again', { say: { kind: 'certificate', certificateId: fresh } }),
    })
  })

  test('M20: with a second request, by another certificate or after the switch, touches nothing', () => {
    const refused = answer('create: another request pending', { say: rejection('ANOTHER_CSR_PENDING') })
    expect(decide(openRecord('created'), create({ csrDigest: otherCsr }))).toEqual(refused)
    expect(decide(openRecord('created'), create({ principal: fresh }))).toEqual(refused)
    for (const progress of ['committed', 'abandoned', 'held'] as const) {
      expect(decide(openRecord(progress), create())).toEqual(refused)
    }
  })

  test('D15: with a second request over NEW, by a device that lost what it knew, keeps both whatever ends then', () => {
    for (const progress of ['created', 'abandoned'] as const) {
      const record = openRecord(progress, { madeBy: 'v1' })
      const held = openRecord('held', { madeBy: 'v1' })
      expect(decide(record, create({ principal: fresh, csrDigest: otherCsr }))).toEqual(
        answer('create: NEW asks anew', {
          next: held,
          say: rejection('ANOTHER_CSR_PENDING'),
          tell: bothKept(x),
        }),
      )
      // What it made of the record before: the end of the execution, which the refusal leads to, retired NEW.
      expect(decide(record, ended('FAILED'))).toMatchObject({ queue: [going, fresh] })
      expect(decide(held, ended('FAILED'))).toMatchObject({
        next: undefined,
        queue: [going],
        tell: { ...bothKept(x), status: 'FAILED' },
      })
    }
  })

  test('M17: and was handled only after its execution ended, is not answered', () => {
    const unanswered = answer('create: execution has ended meanwhile')
    for (const eventExecution of ['over', 'unclear'] as const) {
      const facts = { eventExecution }
      expect(decide(settledRecord('new'), create(), facts)).toEqual(unanswered)
      expect(decide(tombstoneRecord(), create(), facts)).toEqual(unanswered)
      expect(decide(openRecord('created', { told: [other] }), next, facts)).toEqual(unanswered)
    }
  })

  test('M17: is looked at twice before, for a job with the same id may have been made anew: then it begins', () => {
    const record = settledRecord('old', { told: [other, x] })
    const world = { ...onlyOld, eventExecution: 'in-progress' } as const
    expect(decideIn(world, record, create({ csrDigest: otherCsr }))).toMatchObject({
      needs: ['event-execution', 'attached-principals'],
      decision: { row: 'create: a rotation begins', draft: { execution: x, told: [other] } },
    })
    const heldAndTold = openRecord('held', { told: [x, other] })
    expect(decideIn(world, heldAndTold, { ...next, execution: x })).toMatchObject({
      decision: {
        row: 'create: either begins anew',
        draft: { execution: x, told: [other] },
        queue: [going, fresh],
      },
    })
    expect(decideIn({ ...world, recordExecution: 'in-progress' }, heldAndTold, next)).toMatchObject({
      needs: ['event-execution', 'record-execution'],
      decision: { row: 'create: the record is busy' },
    })
  })
})

describe('a create of another execution than the record', () => {
  test('C11: waits while the one before is not over', () => {
    const busy = answer('create: the record is busy', { say: rejection('TRY_LATER') })
    for (const recordExecution of ['in-progress', 'unclear'] as const) {
      for (const record of [openRecord('created'), openRecord('held'), settledRecord('new')]) {
        expect(decideIn({ recordExecution }, record, next)).toEqual({
          needs: ['record-execution'],
          decision: busy,
        })
      }
    }
  })

  test('also as a retry of the same job, begins anew with OLD once the one before is over', () => {
    for (const progress of ['created', 'abandoned'] as const) {
      const again = create({ execution: retried, csrDigest: otherCsr })
      expect(decideIn({ firstLook: attached(old, fresh) }, openRecord(progress), again)).toEqual({
        needs: ['record-execution', 'attached-principals'],
        decision: issue('create: OLD begins anew', {
          draft: draft({ execution: retried, retiring: [going, fresh] }),
          queue: [going, fresh],
        }),
      })
    }
  })

  test('C18: leaves what it supersedes to the stale backup of a version 1 device', () => {
    const { decision } = decideIn(onlyOld, openRecord('created', { told: [x] }), { ...next, version: 'v1' })
    expect(decision).toEqual(
      issue('create: OLD begins anew', {
        draft: draft({ madeBy: 'v1', superseded: [leftBehind, fresh], told: [x] }),
        queue: [going],
      }),
    )
  })

  test('begins anew with either certificate where both were kept', () => {
    for (const progress of ['committed', 'held'] as const) {
      const both = { firstLook: attached(old, fresh) }
      expect(decideIn(both, openRecord(progress), next).decision).toEqual(
        issue('create: either begins anew', {
          draft: draft({ retiring: [going, fresh] }),
          queue: [going, fresh],
        }),
      )
      expect(decideIn(both, openRecord(progress), { ...next, principal: fresh }).decision).toEqual(
        issue('create: either begins anew', {
          draft: draft({ oldCertificateId: fresh, keep: fresh, retiring: [going, old] }),
          queue: [going, old],
        }),
      )
    }
  })

  test('C17: with the request that NEW was issued for is a late copy, and takes NEW from no device', () => {
    const copy = create({ execution: other, csrDigest: csr })
    for (const progress of ['committed', 'held'] as const) {
      expect(decideIn({ firstLook: attached(old, fresh) }, openRecord(progress), copy)).toEqual({
        needs: ['record-execution'],
        decision: answer('create: another execution', { say: rejection('OTHER_EXECUTION') }),
      })
    }
  })

  test('by a NEW that was never committed is refused', () => {
    for (const progress of ['created', 'abandoned'] as const) {
      expect(decideIn({}, openRecord(progress), { ...next, principal: fresh })).toEqual({
        needs: ['record-execution'],
        decision: answer('create: another execution', { say: rejection('OTHER_EXECUTION') }),
      })
    }
  })

  test('C18: by the NEW of a record that a version 1 backend began keeps both certificates', () => {
    const record = version1Record('created')
    const held: OpenRecord = { ...record, progress: 'held', execution: other }
    expect(decideIn({}, record, { ...next, principal: fresh })).toEqual({
      needs: [],
      decision: answer('create: NEW of an unknown execution', {
        next: held,
        say: rejection('OTHER_EXECUTION'),
        tell: bothKept(other),
      }),
    })
  })

  test('C18: by the OLD of a record that a version 1 backend began does not wait: nobody knows for what', () => {
    const { needs, decision } = decideIn(onlyOld, version1Record('created'), next)
    expect(needs).toEqual(['attached-principals'])
    expect(decision.row).toBe('create: OLD begins anew')
  })

  test('by another certificate than the kept one is refused', () => {
    expect(decideIn({}, settledRecord('new'), next)).toEqual({
      needs: ['record-execution'],
      decision: answer('create: not the kept certificate', { say: rejection('NOT_THE_KEPT_CERTIFICATE') }),
    })
    expect(decideIn({}, settledRecord('old'), { ...next, principal: fresh }).decision.row).toBe(
      'create: not the kept certificate',
    )
  })

  test('M18: with the request of the record is a copy, and has no effect', () => {
    expect(decideIn({}, settledRecord('old'), { ...next, csrDigest: csr })).toEqual({
      needs: ['record-execution'],
      decision: answer('create: another execution', { say: rejection('OTHER_EXECUTION') }),
    })
  })
})

describe('a certificate given by hand', () => {
  const byStranger = { ...next, principal: stranger }
  const alone = { firstLook: attached(stranger) }

  test('C21: is believed when a second look finds it alone; what the record named goes', () => {
    expect(decideIn(alone, settledRecord('new'), byStranger)).toEqual({
      needs: ['attached-principals', 'attached-principals-again'],
      decision: issue('create: given by hand', {
        draft: draft({
          oldCertificateId: stranger,
          keep: stranger,
          retiring: [going, old, fresh],
          unannounced: stranger,
        }),
        queue: [going, old, fresh],
        tell: {
          kind: 'given-by-hand',
          execution: other,
          status: undefined,
          oldCertificateId: old,
          newCertificateId: fresh,
          certificateIds: [stranger],
        },
      }),
    })
    const open = decideIn(alone, openRecord('held'), byStranger)
    expect(open.needs).toEqual(['record-execution', 'attached-principals', 'attached-principals-again'])
    expect(open.decision).toMatchObject({ row: 'create: given by hand', queue: [going, old, fresh] })
  })

  test('C21: is told once it is recorded, and the record forgets that only then', () => {
    const { decision } = decideIn(alone, settledRecord('new'), byStranger)
    if (decision.kind !== 'issue') throw new Error('nothing to issue')
    const { next, tell, afterTelling } = recordIssued(decision, { newCertificateId: issued, identities })
    expect(tell).toBe(decision.tell)
    expect(next).toMatchObject({ unannounced: stranger })
    expect(afterTelling).toEqual({ ...next, unannounced: undefined })
  })

  test('C21: is told with the next repeat of the create where it could not be told', () => {
    const record = openRecord('created', { unannounced: old })
    const { decision } = decideIn({}, record, create())
    expect(decision).toMatchObject({
      row: 'create: the same again',
      tell: { kind: 'given-by-hand', execution: x, certificateIds: [old] },
      afterTelling: { ...record, unannounced: undefined },
    })
  })

  test('C21: is still to be told of where another rotation begins before it was', () => {
    const { decision } = decideIn(
      { firstLook: attached(old, fresh, going, leftBehind) },
      openRecord('created', { unannounced: old }),
      create({ execution: other, csrDigest: otherCsr }),
    )
    expect(decision).toMatchObject({ row: 'create: OLD begins anew', draft: { unannounced: old } })
  })

  test('C4: the second look counts, not the first', () => {
    const stale = { firstLook: attached(stranger), secondLook: attached(stranger, fresh) }
    expect(decideIn(stale, settledRecord('new'), byStranger).decision).toEqual(
      answer('create: not the kept certificate', { say: rejection('NOT_THE_KEPT_CERTIFICATE') }),
    )
  })

  test('waits for the execution of an open record, but not of a settled one', () => {
    const world = { ...alone, recordExecution: 'in-progress' } as const
    expect(decideIn(world, openRecord('created'), byStranger).decision.row).toBe('create: the record is busy')
    expect(decideIn(world, settledRecord('new'), byStranger).decision.row).toBe('create: given by hand')
  })

  test('is refused by name while the certificates of an open record are attached as well', () => {
    const beside = { firstLook: attached(stranger, old, fresh) }
    const { decision } = decideIn(beside, openRecord('held'), byStranger)
    expect(decision).toEqual(unknownAttached([stranger]))
  })

  test('is refused where it is not attached, or not exclusively', () => {
    expect(decideIn({ firstLook: [] }, settledRecord('new'), byStranger).decision.row).toBe(
      'create: not attached',
    )
    const shared = { firstLook: [{ certificateId: stranger, exclusive: false }] }
    expect(decideIn(shared, settledRecord('new'), byStranger).decision.row).toBe('create: not exclusive')
  })

  test('C15: is refused by name beside another one that no rotation made', () => {
    const two = { firstLook: attached(stranger, issued) }
    expect(decideIn(two, settledRecord('new'), byStranger).decision).toEqual(
      unknownAttached([stranger, issued]),
    )
  })
})

describe('the certificates of the thing', () => {
  const twice = ['attached-principals', 'attached-principals-again']

  test('A1: a certificate that is not attached gets nothing', () => {
    expect(decideIn({ firstLook: attached(stranger) }, noRecord, create())).toEqual({
      needs: twice,
      decision: answer('create: not attached', { say: rejection('NOT_ATTACHED') }),
    })
  })

  test('C15: a certificate that is not attached exclusively is refused', () => {
    const shared = [
      { certificateId: old, exclusive: false },
      { certificateId: going, exclusive: true },
    ]
    expect(decideIn({ firstLook: shared }, settledRecord('old'), next)).toEqual({
      needs: twice,
      decision: answer('create: not exclusive', { say: rejection('NOT_EXCLUSIVE') }),
    })
  })

  test('C15: one that the record does not know is refused by name, and the operators hear of it', () => {
    const beside = { firstLook: attached(old, stranger, going) }
    expect(decideIn(beside, settledRecord('old'), next)).toEqual({
      needs: twice,
      decision: unknownAttached([stranger]),
    })
  })

  test('C16: without a record both are named, so that the operators can choose', () => {
    const { decision } = decideIn({ firstLook: attached(old, fresh) }, noRecord, create({ execution: other }))
    const named = unknownAttached([old, fresh])
    const nobody = { oldCertificateId: undefined, newCertificateId: undefined }
    expect(decision).toEqual({ ...named, tell: { ...named.tell, ...nobody } })
  })

  test('C4: a list that was stale refuses nothing', () => {
    for (const firstLook of [[], attached(old, stranger)]) {
      expect(decideIn({ firstLook, secondLook: attached(old) }, noRecord, create())).toMatchObject({
        needs: twice,
        decision: { kind: 'issue', row: 'create: a rotation begins' },
      })
    }
  })
})

const unknownAttached = (ids: (typeof old)[]) =>
  answer('create: unknown certificate attached', {
    say: rejection('UNKNOWN_CERTIFICATE_ATTACHED', ids),
    tell: {
      kind: 'unknown-certificate',
      execution: other,
      status: undefined,
      oldCertificateId: old,
      newCertificateId: fresh,
      certificateIds: ids,
    },
  })
