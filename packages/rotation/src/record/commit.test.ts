import { describe, expect, test } from 'vitest'
import {
  csr,
  fresh,
  going,
  leftBehind,
  old,
  other,
  retried,
  stranger,
  unnumbered,
  x,
} from '../testing/record-ids.ts'
import {
  answer,
  attached,
  commit,
  decideIn,
  openRecord,
  rejection,
  settledRecord,
  tombstoneRecord,
  version1Record,
} from '../testing/records.ts'
import { decide } from './decide.ts'
import { noRecord, type SettledRecord } from './record.ts'

const byOld = (differently: Parameters<typeof commit>[0] = {}) => commit({ principal: old, ...differently })
const acceptedBy = (certificateId: typeof old, confirmed = false) =>
  ({ kind: 'accepted', certificateId, confirmed }) as const

const oldInUse = rejection('OLD_CERTIFICATE_IN_USE')
const otherExecution = answer('commit: another execution', { say: rejection('OTHER_EXECUTION') })

describe('a commit on a settled record', () => {
  test('M6: by NEW that stays is accepted whatever its execution and turn, and what goes is queued again', () => {
    for (const late of [commit(), commit({ execution: other, turn: 0 }), commit({ certificateId: old })]) {
      expect(decide(settledRecord('new'), late)).toEqual(
        answer('commit: settled on P', { say: acceptedBy(fresh), queue: [going, old] }),
      )
    }
    expect(decide(settledRecord('new'), commit({ confirmed: true })).kind).toBe('decided')
    expect(decide(settledRecord('new'), commit({ confirmed: true }))).toMatchObject({
      say: acceptedBy(fresh, true),
    })
  })

  test('by OLD that stays is told so', () => {
    expect(decide(settledRecord('old'), byOld({ execution: other, turn: 0 }))).toEqual(
      answer('commit: settled on P', { say: oldInUse, queue: [going, fresh] }),
    )
  })

  test('by the other is sent to the one that stays', () => {
    expect(decide(settledRecord('new'), byOld())).toEqual(
      answer('commit: settled on the other', { say: rejection('NEW_CERTIFICATE_KEPT') }),
    )
    expect(decide(settledRecord('old'), commit())).toEqual(
      answer('commit: settled on the other', { say: rejection('ABANDONED') }),
    )
  })

  test('C11: by the other is so also after the end of another execution was noted', () => {
    const noted = { execution: other, turn: 0, tombstone: true }
    expect(decide(settledRecord('new', noted), byOld())).toEqual(
      answer('commit: settled on the other', { say: rejection('NEW_CERTIFICATE_KEPT') }),
    )
    expect(decide(settledRecord('old', noted), commit())).toEqual(
      answer('commit: settled on the other', { say: rejection('ABANDONED') }),
    )
  })

  test('of a later turn is answered without noting the turn', () => {
    expect(decide(settledRecord('new'), byOld({ turn: 5 }))).toEqual(
      answer('commit: settled on the other', { say: rejection('NEW_CERTIFICATE_KEPT') }),
    )
  })

  test('A3, M18: by the other of another execution, or by a third one, has no effect', () => {
    for (const message of [byOld({ execution: other }), byOld({ execution: retried })]) {
      expect(decide(settledRecord('new'), message)).toEqual(otherExecution)
    }
    expect(decide(settledRecord('new'), commit({ principal: stranger }))).toEqual(otherExecution)
  })
})

describe('the turn', () => {
  const stale = answer('commit: stale turn', { say: rejection('STALE_TURN') })

  test('M21: a message from before the device changed sides has no effect', () => {
    for (const progress of ['created', 'committed', 'abandoned', 'held'] as const) {
      expect(decide(openRecord(progress), commit({ turn: 0 }))).toEqual(stale)
    }
    expect(decide(settledRecord('new'), byOld({ turn: 0 }))).toEqual(stale)
    expect(decide(tombstoneRecord({ turn: 1 }), commit({ turn: 0 }))).toEqual(stale)
  })

  test('is compared only within one execution', () => {
    expect(decide(openRecord('committed'), byOld({ turn: 0, execution: other }))).toEqual(otherExecution)
    expect(decide(openRecord('committed'), byOld({ turn: 9, execution: other }))).toEqual(otherExecution)
  })

  test('a higher one is written with the decision, also where nothing else changes', () => {
    const passed = ['commit: higher turn'] as const
    expect(decide(openRecord('held'), commit({ turn: 2 }))).toEqual(
      answer('commit: NEW again', {
        passed,
        next: openRecord('held', { turn: 2 }),
        say: acceptedBy(fresh),
      }),
    )
    expect(decide(openRecord('committed'), byOld({ turn: 2 }))).toEqual(
      answer('commit: OLD is back', {
        passed,
        next: openRecord('abandoned', { turn: 2 }),
        say: oldInUse,
      }),
    )
    expect(decide(openRecord('created'), commit({ turn: 2, certificateId: old }))).toEqual(
      answer('commit: over another connection', {
        passed,
        next: openRecord('created', { turn: 2 }),
        say: rejection('RESTART_PENDING'),
      }),
    )
  })
})

describe('a commit over another connection than the device believes', () => {
  test('D16: changes nothing and asks for a restart', () => {
    const restart = answer('commit: over another connection', { say: rejection('RESTART_PENDING') })
    const mistaken = byOld({ certificateId: fresh })
    for (const record of [noRecord, openRecord('created'), openRecord('held'), settledRecord('new')]) {
      expect(decide(record, mistaken)).toEqual(restart)
    }
  })

  test('is not suspected where the device does not say what it believes', () => {
    expect(decide(openRecord('committed'), commit({ certificateId: undefined })).kind).toBe('decided')
    expect(decide(openRecord('committed'), commit({ certificateId: undefined }))).toEqual(
      answer('commit: NEW again', { say: acceptedBy(fresh) }),
    )
  })
})

describe('a commit by NEW', () => {
  test('in time is accepted once it is recorded', () => {
    expect(decide(openRecord('created'), commit())).toEqual(
      answer('commit: NEW works', { next: openRecord('committed'), say: acceptedBy(fresh) }),
    )
    expect(decide(openRecord('created'), commit({ confirmed: true }))).toEqual(
      answer('commit: NEW works', { next: openRecord('committed'), say: acceptedBy(fresh) }),
    )
  })

  test('C9: after the end of the execution abandons the rotation', () => {
    expect(decide(openRecord('created'), commit({ view: 'over' }))).toEqual(
      answer('commit: NEW came too late', {
        next: openRecord('abandoned'),
        say: rejection('EXECUTION_OVER'),
      }),
    )
  })

  test('is asked for again where the execution could not be read; a version 1 device is not told that', () => {
    const unclear = commit({ view: 'unclear' })
    expect(decide(openRecord('created'), unclear)).toEqual(
      answer('commit: execution unclear', { say: rejection('TRY_LATER') }),
    )
    expect(decide(openRecord('created'), { ...unclear, version: 'v1' })).toEqual(
      answer('commit: execution unclear'),
    )
  })

  test('M18: of another execution has no effect, even if that one is over', () => {
    for (const view of ['in-progress', 'over'] as const) {
      expect(decide(openRecord('created'), commit({ execution: retried, view }))).toEqual(otherExecution)
    }
  })

  test('M5, M6, M7: is accepted again and again', () => {
    for (const progress of ['committed', 'held'] as const) {
      for (const view of ['in-progress', 'over'] as const) {
        expect(decide(openRecord(progress), commit({ view }))).toEqual(
          answer('commit: NEW again', { say: acceptedBy(fresh) }),
        )
      }
    }
  })

  test('M8: that is confirmed settles on NEW, and what waited for it goes too', () => {
    for (const progress of ['committed', 'held'] as const) {
      const settled = settledRecord('new', { retiring: [going, old, leftBehind], superseded: [] })
      expect(decide(openRecord(progress), commit({ confirmed: true, view: 'over' }))).toEqual(
        answer('commit: NEW is confirmed', {
          next: settled,
          say: acceptedBy(fresh, true),
          queue: [going, old, leftBehind],
        }),
      )
    }
  })

  test('after the rotation was abandoned is sent back', () => {
    expect(decide(openRecord('abandoned'), commit({ execution: other }))).toEqual(
      answer('commit: abandoned', { say: rejection('ABANDONED') }),
    )
  })

  test('C18: names the execution of a record that a version 1 backend began', () => {
    const record = version1Record('created')
    expect(decide(record, commit({ turn: 0, execution: other }))).toEqual(
      answer('commit: NEW works', {
        next: { ...record, progress: 'committed', execution: other },
        say: acceptedBy(fresh),
      }),
    )
    expect(decide(record, commit({ turn: 0, execution: other, view: 'over' }))).toEqual(
      answer('commit: NEW came too late', {
        next: { ...record, progress: 'abandoned', execution: other },
        say: rejection('EXECUTION_OVER'),
      }),
    )
  })

  test('C18: of a version 1 device whose execution is gone counts for the job of the record', () => {
    const gone = commit({ version: 'v1', certificateId: undefined, execution: unnumbered, view: 'over' })
    expect(decide(openRecord('created'), gone)).toEqual(
      answer('commit: NEW came too late', {
        next: openRecord('abandoned'),
        say: rejection('EXECUTION_OVER'),
      }),
    )
    const ofOtherJob = { ...gone, execution: { ...other, executionNumber: undefined } }
    expect(decide(openRecord('created'), ofOtherJob)).toEqual(otherExecution)
    const before = version1Record('created')
    expect(decide(before, { ...gone, turn: 0 })).toEqual(
      answer('commit: NEW came too late', {
        next: { ...before, progress: 'abandoned' },
        say: rejection('EXECUTION_OVER'),
      }),
    )
  })
})

describe('a commit by OLD', () => {
  test('agrees that the device is back', () => {
    for (const progress of ['created', 'committed'] as const) {
      expect(decide(openRecord(progress), byOld())).toEqual(
        answer('commit: OLD is back', { next: openRecord('abandoned'), say: oldInUse }),
      )
    }
  })

  test('names the execution of a record that a version 1 backend began', () => {
    const record = version1Record('committed')
    expect(decide(record, byOld({ turn: 0, execution: other }))).toEqual(
      answer('commit: OLD is back', {
        next: { ...record, progress: 'abandoned', execution: other },
        say: oldInUse,
      }),
    )
  })

  test('decides what was held', () => {
    expect(decide(openRecord('held', { told: [x] }), byOld({ view: 'over' }))).toEqual(
      answer('commit: OLD decides what was held', {
        next: settledRecord('old', { told: [x] }),
        say: oldInUse,
        queue: [going, fresh],
      }),
    )
  })

  test('is told again that the rotation was abandoned, whatever its execution', () => {
    expect(decide(openRecord('abandoned'), byOld({ execution: other }))).toEqual(
      answer('commit: abandoned', { say: oldInUse }),
    )
  })

  test('M18: of another execution has no effect', () => {
    for (const progress of ['created', 'committed', 'held'] as const) {
      expect(decide(openRecord(progress), byOld({ execution: retried }))).toEqual(otherExecution)
    }
  })

  test('C18: of a version 1 device decides only while NEW has not spoken, and after that both stay', () => {
    const fromVersion1 = byOld({ version: 'v1', certificateId: undefined })
    expect(decide(openRecord('created'), fromVersion1)).toEqual(
      answer('commit: OLD is back', { next: openRecord('abandoned'), say: oldInUse }),
    )
    expect(decide(openRecord('committed'), fromVersion1)).toEqual(
      answer('commit: version 1 is back on OLD', {
        next: openRecord('held'),
        say: oldInUse,
        tell: {
          kind: 'both-kept',
          execution: x,
          status: undefined,
          oldCertificateId: old,
          newCertificateId: fresh,
          certificateIds: [],
        },
      }),
    )
    expect(decide(openRecord('held'), fromVersion1)).toEqual(otherExecution)
  })
})

describe('D18: a commit by NEW of a device that has lost OLD', () => {
  const row = 'commit: NEW is all that is left'
  const alone = (differently: Parameters<typeof commit>[0] = {}) => commit({ alone: true, ...differently })
  const tell = {
    kind: 'old-lost',
    execution: x,
    status: undefined,
    oldCertificateId: old,
    newCertificateId: fresh,
    certificateIds: [],
  } as const

  test('that comes too late, or after the rotation was abandoned, keeps both, and then it confirms NEW', () => {
    const held = openRecord('held')
    const answered = answer(row, { next: held, say: acceptedBy(fresh), tell })
    expect(decide(openRecord('created'), alone({ view: 'over' }))).toEqual(answered)
    expect(decide(openRecord('created'), alone({ view: 'unclear' }))).toEqual(answered)
    expect(decide(openRecord('abandoned'), alone({ confirmed: true }))).toEqual(answered)
    expect(decide(held, alone({ view: 'over', confirmed: true }))).toMatchObject({
      row: 'commit: NEW is confirmed',
    })
  })

  test('that is in time is a commit like every other', () => {
    expect(decide(openRecord('created'), alone())).toMatchObject({
      row: 'commit: NEW works',
      tell: undefined,
    })
  })

  test('takes NEW from what goes where the record was settled on OLD, and corrects what was told', () => {
    const settled = settledRecord('old', { told: [other, x] })
    const next = openRecord('held', { turn: 2, told: [other] })
    expect(decide(settled, alone({ view: 'over', turn: 2 }))).toEqual(
      answer(row, { next, say: acceptedBy(fresh), tell, afterTelling: { ...next, told: [other, x] } }),
    )
    expect(decide(settledRecord('old'), alone({ view: 'over' }))).toEqual(
      answer(row, { next: openRecord('held'), say: acceptedBy(fresh), tell }),
    )
  })

  test('gives a record whose execution is hidden behind a tombstone its own again', () => {
    const tombstone = settledRecord('old', { tombstone: true, execution: other, turn: 0, told: [other] })
    expect(decide(tombstone, alone())).toMatchObject({ row, next: openRecord('held', { told: [other] }) })
    expect(decide(tombstone, alone({ version: 'v1', execution: unnumbered }))).toMatchObject({
      next: { execution: other },
    })
  })

  test('has no effect where NEW is retired already, where NEW stays, or by OLD', () => {
    expect(decide(settledRecord('old', { retiring: [going] }), alone())).toMatchObject({
      row: 'commit: settled on the other',
      next: undefined,
    })
    expect(decide(settledRecord('new'), alone({ principal: old }))).toMatchObject({
      row: 'commit: settled on the other',
      next: undefined,
    })
    expect(decide(openRecord('created'), alone({ principal: old }))).toMatchObject({
      row: 'commit: OLD is back',
    })
  })

  test('of an earlier turn has no effect', () => {
    expect(decide(settledRecord('old'), alone({ turn: 0 }))).toMatchObject({ row: 'commit: stale turn' })
  })
})

test('A3: a commit by a certificate that is neither OLD nor NEW has no effect', () => {
  for (const progress of ['created', 'committed', 'abandoned', 'held'] as const) {
    expect(decide(openRecord(progress), commit({ principal: stranger }))).toEqual(otherExecution)
  }
})

describe('C16: a commit without a record', () => {
  const settledOnFresh: SettledRecord = {
    progress: 'settled',
    execution: x,
    oldCertificateId: undefined,
    newCertificateId: fresh,
    keep: fresh,
    csrDigest: undefined,
    identities: undefined,
    turn: 1,
    retiring: [],
    unannounced: undefined,
    superseded: [],
    told: [],
    madeBy: 'v2',
    tombstone: true,
    toldOf: [],
  }

  test('is accepted by the only certificate of the thing', () => {
    expect(decideIn({ firstLook: attached(fresh) }, { ...noRecord, toldOf: [old] }, commit())).toEqual({
      needs: ['attached-principals'],
      decision: answer('commit: P alone without a record', { next: settledOnFresh, say: acceptedBy(fresh) }),
    })
    const fromVersion1 = commit({ version: 'v1', execution: unnumbered, turn: 0, view: 'over' })
    expect(decideIn({ firstLook: attached(fresh) }, noRecord, fromVersion1).decision).toEqual(
      answer('commit: P alone without a record', {
        next: { ...settledOnFresh, execution: undefined, turn: 0, madeBy: 'v1' },
        say: acceptedBy(fresh),
      }),
    )
  })

  test('is accepted as well where only the end of an execution is remembered, which it goes on remembering', () => {
    const record = tombstoneRecord({
      execution: other,
      csrDigest: csr,
      retiring: [going, fresh],
      superseded: [leftBehind, fresh],
      told: [other],
      toldOf: [old, fresh],
    })
    expect(decideIn({ firstLook: attached(fresh) }, record, commit({ confirmed: true }))).toEqual({
      needs: ['attached-principals'],
      decision: answer('commit: P alone without a record', {
        next: {
          ...settledOnFresh,
          execution: other,
          csrDigest: csr,
          turn: 0,
          retiring: [going],
          superseded: [leftBehind],
          told: [other],
        },
        say: acceptedBy(fresh, true),
      }),
    })
  })

  test('by one of several certificates waits, and the operators are asked once for each choice', () => {
    const two = { firstLook: attached(old, fresh) }
    const say = rejection('NO_RECORD', [old, fresh])
    const tell = {
      kind: 'choose',
      execution: x,
      status: undefined,
      oldCertificateId: undefined,
      newCertificateId: undefined,
      certificateIds: [old, fresh],
    } as const
    for (const record of [noRecord, tombstoneRecord(), { ...noRecord, toldOf: [old] }]) {
      const afterTelling = { ...record, toldOf: [old, fresh] }
      expect(decideIn(two, record, commit())).toEqual({
        needs: ['attached-principals'],
        decision: answer('commit: several without a record', { say, tell, afterTelling }),
      })
      expect(decideIn(two, { ...afterTelling, toldOf: [fresh, old] }, commit()).decision).toEqual(
        answer('commit: several without a record', { say }),
      )
      expect(decideIn(two, { ...record, toldOf: [stranger, old] }, commit()).decision).toMatchObject({ tell })
    }
  })

  test('asks again when one of the certificates to choose from is gone', () => {
    const record = { ...noRecord, toldOf: [old, fresh, stranger] }
    expect(decideIn({ firstLook: attached(old, fresh) }, record, commit()).decision).toMatchObject({
      tell: { kind: 'choose', certificateIds: [old, fresh] },
    })
  })

  test('C4: waits where the list does not show it, or shows another, wherever that stands', () => {
    for (const firstLook of [[], attached(old), attached(fresh, old)]) {
      expect(decideIn({ firstLook }, noRecord, commit()).decision).toMatchObject({
        row: 'commit: several without a record',
        next: undefined,
      })
    }
  })

  test('of a version 1 device is not answered', () => {
    const fromVersion1 = commit({ version: 'v1', certificateId: undefined })
    expect(decideIn({ firstLook: attached(old, fresh) }, noRecord, fromVersion1).decision).toMatchObject({
      row: 'commit: several without a record',
      say: { kind: 'silence' },
    })
  })
})
