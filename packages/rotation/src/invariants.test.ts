import { describe, expect, test } from 'vitest'
import {
  brokenAtRest,
  brokenByLetOut,
  brokenByReport,
  brokenByRetiring,
  brokenByRollback,
  brokenByShape,
  brokenByStorage,
  brokenByWrite,
  type CertificateView,
} from './invariants.ts'
import { noRecord } from './record/record.ts'
import { fresh, going, leftBehind, old, stranger } from './testing/record-ids.ts'
import { commit, create, ended, openRecord, settledRecord, tombstoneRecord } from './testing/records.ts'

const active = (certificateId: typeof old): CertificateView => ({
  certificateId,
  isActive: true,
  isAttached: true,
})
const inactive = { ...active(fresh), isActive: false }
const detached = { ...active(fresh), isAttached: false }

describe('rule 1', () => {
  const onNew = { current: fresh, complete: [fresh] }

  test('is kept by one identity that the cloud accepts', () => {
    expect(brokenByStorage(settledRecord('new'), [active(old), active(fresh)], onNew)).toEqual([])
    const withOld = { current: fresh, complete: [fresh, old] }
    expect(brokenByStorage(settledRecord('old'), [active(old), inactive], withOld)).toEqual([])
  })

  test('is kept by both candidates of an open record', () => {
    const both = { current: fresh, complete: [fresh, old] }
    expect(brokenByStorage(openRecord('held'), [], both)).toEqual([])
  })

  test('is broken by a device without any', () => {
    const broken = [{ rule: 1, problem: 'the device holds no identity that the cloud accepts' }]
    for (const certificates of [[], [inactive], [detached], [active(old)]]) {
      expect(brokenByStorage(openRecord('held'), certificates, onNew)).toEqual(broken)
    }
    const onOld = { current: old, complete: [old] }
    expect(brokenByStorage(openRecord('held'), [], onOld)).toEqual(broken)
    const both = { current: fresh, complete: [fresh, old] }
    expect(brokenByStorage(settledRecord('new'), [], both)).toEqual(broken)
    expect(brokenByStorage(noRecord, [active(old)], { current: undefined, complete: [] })).toEqual(broken)
  })
})

describe('rule 2', () => {
  const silent = [{ rule: 2, problem: 'settled without the word of the device or an end' }]

  test('is kept by the words of the device and by ends', () => {
    const kept = [
      [openRecord('held'), commit({ confirmed: true }), settledRecord('new')],
      [openRecord('committed'), commit({ confirmed: true }), settledRecord('new')],
      [openRecord('committed'), ended('SUCCEEDED'), settledRecord('new')],
      [openRecord('held'), commit({ principal: old }), settledRecord('old')],
      [openRecord('created'), ended('TIMED_OUT'), settledRecord('old')],
      [openRecord('abandoned'), ended('FAILED'), settledRecord('old')],
      [openRecord('created'), commit(), openRecord('committed')],
      [noRecord, ended('FAILED'), tombstoneRecord()],
      [settledRecord('new'), ended('FAILED'), settledRecord('new')],
      [settledRecord('new'), create(), openRecord('created')],
      [tombstoneRecord(), commit(), settledRecord('new')],
    ] as const
    for (const [before, event, after] of kept) expect(brokenByWrite(before, event, after)).toEqual([])
  })

  test('is broken by settling on NEW without a commit, its confirmation or a success', () => {
    const broken = [
      [openRecord('created'), commit({ confirmed: true }), settledRecord('new')],
      [openRecord('created'), ended('SUCCEEDED'), settledRecord('new')],
      [openRecord('held'), ended('SUCCEEDED'), settledRecord('new')],
      [openRecord('committed'), ended('FAILED'), settledRecord('new')],
      [openRecord('committed'), commit(), settledRecord('new')],
      [openRecord('committed'), commit({ principal: old, confirmed: true }), settledRecord('new')],
      [openRecord('held'), create({ principal: fresh }), settledRecord('new')],
    ] as const
    for (const [before, event, after] of broken) expect(brokenByWrite(before, event, after)).toEqual(silent)
  })

  test('is broken by settling on OLD without its word or an end before the commit', () => {
    const broken = [
      [openRecord('held'), ended('FAILED'), settledRecord('old')],
      [openRecord('committed'), ended('TIMED_OUT'), settledRecord('old')],
      [openRecord('created'), ended('SUCCEEDED'), settledRecord('old')],
      [openRecord('created'), commit({ principal: old }), settledRecord('old')],
      [openRecord('held'), commit(), settledRecord('old')],
      [openRecord('held'), create(), settledRecord('old')],
      [openRecord('created'), ended('FAILED'), settledRecord('old', { keep: undefined })],
    ] as const
    for (const [before, event, after] of broken) expect(brokenByWrite(before, event, after)).toEqual(silent)
  })

  test('is broken by a settled record that changes sides', () => {
    const changed = [{ rule: 2, problem: 'a settled record changed sides' }]
    const settled = settledRecord('new', { retiring: [] })
    const turned = settledRecord('old', { retiring: [] })
    expect(brokenByWrite(settled, commit({ principal: old }), turned)).toEqual(changed)
    expect(brokenByWrite(settled, ended('FAILED'), openRecord('held', { retiring: [] }))).toEqual(changed)
    expect(brokenByWrite(turned, ended('FAILED'), openRecord('held', { retiring: [] }))).toEqual(changed)
    expect(brokenByWrite(turned, commit(), openRecord('held', { retiring: [] }))).toEqual(changed)
    const byOld = commit({ principal: old, alone: true })
    expect(brokenByWrite(settled, byOld, openRecord('held', { retiring: [] }))).toEqual(changed)
  })

  test('is not broken where a device that has lost OLD keeps NEW, though the record was settled on OLD', () => {
    const held = openRecord('held', { retiring: [] })
    expect(brokenByWrite(settledRecord('old', { retiring: [fresh] }), commit({ alone: true }), held)).toEqual(
      [],
    )
  })

  test('is broken by an open record that keeps another certificate than OLD', () => {
    expect(brokenByShape(openRecord('created', { keep: fresh }))).toEqual([
      { rule: 2, problem: 'an open record keeps another certificate than OLD' },
    ])
  })
})

test('rule 3 is broken by going back without evidence', () => {
  expect(brokenByRollback('final-rejection')).toEqual([])
  expect(brokenByRollback(undefined)).toEqual([
    { rule: 3, problem: 'the device went back to OLD without evidence' },
  ])
})

describe('rule 4', () => {
  const failed = (hasSwitched: boolean) => ({ status: 'FAILED', hasSwitched }) as const
  const succeeded = { status: 'SUCCEEDED', hasSwitched: true } as const

  test('lets FAILED be reported before a switch, or when the record agrees', () => {
    for (const record of [openRecord('created'), openRecord('committed'), settledRecord('new')]) {
      expect(brokenByReport(record, failed(false))).toEqual([])
    }
    for (const record of [openRecord('abandoned'), settledRecord('old'), noRecord, tombstoneRecord()]) {
      expect(brokenByReport(record, failed(true))).toEqual([])
    }
    const settledOnOnly = tombstoneRecord({ keep: fresh, newCertificateId: fresh })
    expect(brokenByReport(settledOnOnly, failed(true))).toEqual([])
  })

  test('is broken by FAILED against the record', () => {
    for (const record of [
      openRecord('created'),
      openRecord('committed'),
      openRecord('held'),
      settledRecord('new'),
    ]) {
      expect(brokenByReport(record, failed(true))).toEqual([
        { rule: 4, problem: `FAILED was reported on a record that is ${record.progress}` },
      ])
    }
  })

  test('lets SUCCEEDED be reported after a commit only', () => {
    for (const record of [openRecord('committed'), openRecord('held'), settledRecord('new')]) {
      expect(brokenByReport(record, succeeded)).toEqual([])
    }
    for (const record of [
      noRecord,
      openRecord('created'),
      openRecord('abandoned'),
      settledRecord('old'),
      tombstoneRecord(),
    ]) {
      expect(brokenByReport(record, succeeded)).toEqual([
        { rule: 4, problem: `SUCCEEDED was reported on a record that is ${record.progress}` },
      ])
    }
  })
})

describe('rule 5', () => {
  test('is broken by what is needed standing among what goes', () => {
    const inUse = [{ rule: 5, problem: 'a certificate in use stands among those to retire' }]
    for (const id of [old, fresh]) {
      expect(brokenByShape(openRecord('held', { retiring: [id] }))).toEqual(inUse)
      expect(brokenByShape(openRecord('held', { superseded: [id] }))).toEqual(inUse)
    }
    expect(brokenByShape(settledRecord('new', { retiring: [fresh] }))).toEqual(inUse)
    expect(brokenByShape(settledRecord('new', { superseded: [old] }))).toEqual([])
    expect(brokenByShape(tombstoneRecord({ retiring: [old] }))).toEqual([])
    expect(brokenByShape(noRecord)).toEqual([])
  })

  test('is broken by an id that leaves retiring and was neither retired nor in use', () => {
    const left = [{ rule: 5, problem: 'an id left retiring and was not retired' }]
    const before = settledRecord('new', { retiring: [going] })
    const after = settledRecord('new', { retiring: [] })
    expect(brokenByWrite(before, ended('FAILED'), after)).toEqual(left)
    expect(brokenByWrite(before, commit(), after)).toEqual(left)
    expect(brokenByWrite(before, { kind: 'retired', certificateId: stranger }, after)).toEqual(left)
    expect(brokenByWrite(before, { kind: 'retired', certificateId: going }, after)).toEqual([])
    expect(brokenByWrite(before, commit({ principal: going }), after)).toEqual([])
    expect(brokenByWrite(before, create({ principal: going }), after)).toEqual([])
    expect(brokenByWrite(openRecord('created'), create(), noRecord)).toEqual(left)
    expect(brokenByWrite(openRecord('created', { retiring: [] }), create(), noRecord)).toEqual([])
  })

  test('is broken by retiring what nobody decided to retire', () => {
    expect(brokenByRetiring(settledRecord('new'), old, false)).toEqual([])
    expect(brokenByRetiring(settledRecord('new'), stranger, true)).toEqual([])
    expect(brokenByRetiring(settledRecord('new'), stranger, false)).toEqual([
      { rule: 5, problem: 'a certificate was retired that nobody decided to retire' },
    ])
  })

  test.each([
    ['where there is no record', noRecord, old, 'a certificate was retired without a record'],
    [
      'by retiring what stays, though it is among what goes',
      settledRecord('new', { retiring: [fresh] }),
      fresh,
      'the certificate that stays was retired',
    ],
    [
      'by retiring what is on trial',
      openRecord('created', { retiring: [fresh] }),
      fresh,
      'a certificate of an open rotation was retired',
    ],
    [
      'by retiring what a version 1 device may return to',
      settledRecord('new'),
      leftBehind,
      'a certificate was retired that a device may return to',
    ],
  ] as const)('is broken %s, attached or not', (_, record, id, problem) => {
    expect(brokenByRetiring(record, id, true)).toEqual([{ rule: 5, problem }])
  })

  test('is broken by retiring OLD while the rotation is open', () => {
    const problems = brokenByRetiring(openRecord('created'), old, true).map(({ problem }) => problem)
    expect(problems).toEqual([
      'the certificate that stays was retired',
      'a certificate of an open rotation was retired',
    ])
  })
})

test('rule 6 is broken by a private key in any text that leaves a component, and by no certificate', () => {
  const pem = (what: string) => JSON.stringify({ problem: `-----BEGIN ${what}-----\n` })
  expect(brokenByLetOut('a message', pem('CERTIFICATE'))).toEqual([])
  expect(brokenByLetOut('the journal', pem('EC PRIVATE KEY'))).toEqual([
    { rule: 6, problem: 'a private key stands in the journal' },
  ])
})

describe('rule 8', () => {
  const onNew = { current: fresh, complete: [fresh] }
  const settled = settledRecord('new', { retiring: [], superseded: [] })
  const two = [active(old), active(fresh)]
  const several = [{ rule: 8, problem: '2 certificates are active and attached' }]

  test('is kept by one active certificate that the device uses, and operators who know', () => {
    const executions = [
      { status: 'SUCCEEDED', isTold: false },
      { status: 'FAILED', isTold: true },
    ] as const
    expect(brokenAtRest(settled, [active(fresh)], onNew, executions)).toEqual([])
    const gone = [
      { ...active(old), isActive: false },
      { ...active(stranger), isAttached: false },
    ]
    expect(brokenAtRest(settled, [...gone, active(fresh)], onNew, [])).toEqual([])
    expect(brokenAtRest(noRecord, [active(fresh)], onNew, [])).toEqual([])
  })

  const watched = {
    named: new Set<typeof old>(),
    isRecordLost: false,
    isImpersonated: false,
    isVersionOne: false,
  }
  const clean = { retiring: [], superseded: [] }
  const stillHeld = { rule: 8, problem: 'the record is still held' }

  test('allows a second one only where the record was lost or the device was spoken for', () => {
    const held = openRecord('held', clean)
    expect(brokenAtRest(settled, two, onNew, [])).toEqual(several)
    expect(brokenAtRest(noRecord, two, onNew, [])).toEqual(several)
    expect(brokenAtRest(held, two, onNew, [])).toEqual([...several, stillHeld])
    expect(brokenAtRest(held, two, onNew, [], { ...watched, isImpersonated: true })).toEqual([])
    expect(
      brokenAtRest(openRecord('created', clean), two, onNew, [], { ...watched, isImpersonated: true }),
    ).toEqual([...several, { rule: 8, problem: 'the record is still created' }])
    expect(brokenAtRest(noRecord, two, onNew, [], { ...watched, isRecordLost: true })).toEqual([])
    const three = [...two, active(going)]
    expect(brokenAtRest(noRecord, three, onNew, [], { ...watched, isRecordLost: true })).toEqual([
      { rule: 8, problem: '3 certificates are active and attached' },
    ])
  })

  test('lets a version 1 device leave things behind, and no other', () => {
    const waiting = settledRecord('new', { retiring: [], superseded: [leftBehind] })
    const certificates = [active(leftBehind), active(fresh)]
    const named = new Set([leftBehind])
    expect(brokenAtRest(waiting, certificates, onNew, [], { ...watched, named, isVersionOne: true })).toEqual(
      [],
    )
    expect(brokenAtRest(waiting, certificates, onNew, [])).toEqual([
      ...several,
      { rule: 8, problem: '1 certificates are left behind' },
    ])
    const held = openRecord('held', clean)
    expect(brokenAtRest(held, two, onNew, [], { ...watched, isVersionOne: true })).toEqual([])
    expect(brokenAtRest(noRecord, [active(fresh)], onNew, [], { ...watched, isVersionOne: true })).toEqual([])
  })

  test('is broken by what was decided to go and is not gone, whatever it was left as', () => {
    expect(
      brokenAtRest(settledRecord('new', { retiring: [going], superseded: [] }), [active(fresh)], onNew, []),
    ).toEqual([{ rule: 8, problem: '1 certificates are still to be retired' }])
    const exists = [{ rule: 8, problem: '1 certificates that were decided to go exist' }]
    const named = new Set([old, fresh])
    for (const left of [
      { ...active(old), isActive: false },
      { ...active(old), isAttached: false },
    ]) {
      const certificates = [left, active(fresh)]
      expect(
        brokenAtRest(settledRecord('new', clean), certificates, onNew, [], { ...watched, named }),
      ).toEqual(exists)
    }
    const byHand = [{ ...active(stranger), isAttached: false }, active(fresh)]
    expect(brokenAtRest(settledRecord('new', clean), byHand, onNew, [], { ...watched, named })).toEqual([])
  })

  test('is broken by a device that cannot connect', () => {
    const broken = [{ rule: 8, problem: 'the cloud does not accept the certificate that the device uses' }]
    expect(brokenAtRest(settled, [active(old)], onNew, [])).toEqual(broken)
    expect(brokenAtRest(settled, [active(fresh)], { ...onNew, current: undefined }, [])).toEqual(broken)
  })

  test('is broken by a failure that nobody was told of', () => {
    const executions = [
      { status: 'FAILED', isTold: false },
      { status: 'DELETED', isTold: true },
    ] as const
    expect(brokenAtRest(settled, [active(fresh)], onNew, executions)).toEqual([
      { rule: 8, problem: '1 executions failed and nobody was told' },
    ])
  })
})
