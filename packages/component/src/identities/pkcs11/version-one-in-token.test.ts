import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { CertificateId } from '@rotator/protocol/ids'
import { beforeEach, describe, expect, test } from 'vitest'
import { changingCalls, type FakeObject, type FakeToken, TokenCut } from '../../testing/fake-token.ts'
import { fired } from '../../testing/fired.ts'
import { algorithms, execution } from '../../testing/identity-store-contract.ts'
import { TestAuthority, type TestIdentity } from '../../testing/test-authority.ts'
import {
  derOf,
  inventory,
  lookInto,
  storeIn,
  tokenLabel,
  tokenLabels,
  tokenWith,
} from '../../testing/token-device.ts'

const authority = new TestAuthority()
const backup = tokenLabels.versionOneBackup
let old: TestIdentity
let made: TestIdentity
let token: FakeToken

/** As version 1 makes them from the one in use: its byte, and a byte more. */
const ids = { current: '01', pending: '0101', backup: '0102' } as const

beforeEach(async () => {
  old = await authority.identity()
  made = await authority.identity()
  token = tokenWith(old)
  for (const [handle, { objectClass }] of token.objects)
    if (objectClass === 'public-key') token.objects.delete(handle)
  putKey(tokenLabels.pending, ids.pending, createPrivateKey(made.keyPem))
})

const handlesOf = (objectClass: FakeObject['objectClass'], label: string): number[] =>
  [...token.objects].flatMap(([handle, object]) =>
    object.objectClass === objectClass && object.label === label ? handle : [],
  )
const destroy = (objectClass: FakeObject['objectClass'], label: string): void => {
  for (const handle of handlesOf(objectClass, label)) token.objects.delete(handle)
}
const putKey = (label: string, id: string, key: KeyObject): void => {
  token.provision({ objectClass: 'private-key', label, id: Buffer.from(id, 'hex'), key })
}
const putCertificate = (label: string, id: string, { certificatePem }: TestIdentity): void => {
  const value = derOf(certificatePem)
  token.provision({ objectClass: 'certificate', label, id: Buffer.from(id, 'hex'), value })
}
const keyOf = ({ keyPem }: TestIdentity): KeyObject => createPrivateKey(keyPem)

/** What version 1 does in the token, call by call, when its certificate has come. */
const install = [
  () => putCertificate(backup, ids.backup, old),
  () => putKey(backup, ids.backup, keyOf(old)),
  () => destroy('certificate', tokenLabel),
  () => putCertificate(tokenLabel, ids.current, made),
  () => destroy('private-key', tokenLabel),
  () => putKey(tokenLabel, ids.current, keyOf(made)),
  () => destroy('private-key', tokenLabels.pending),
]

/** What it does when the commit was refused. */
const rollBack = [
  () => destroy('certificate', tokenLabel),
  () => destroy('private-key', tokenLabel),
  () => putCertificate(tokenLabel, ids.current, old),
  () => putKey(tokenLabel, ids.current, keyOf(old)),
  () => destroy('certificate', backup),
  () => destroy('private-key', backup),
]

const expectTidy = (id: CertificateId): void => {
  expect(inventory(token)).toEqual([
    `certificate ${tokenLabel} ${id.slice(0, 8)}`,
    `private-key ${tokenLabel}`,
  ])
}

/** A rotation of ours that the device had begun before it was downgraded. Version 1 destroys its pending key, as its own. */
async function beginOurs(): Promise<void> {
  destroy('private-key', tokenLabels.pending)
  const begun = await storeIn(token).makePending(execution, algorithms, Date.now())
  expect(begun.kind).toBe('pending-made')
  for (const objectClass of ['private-key', 'public-key'] as const) destroy(objectClass, tokenLabels.pending)
  putKey(tokenLabels.pending, ids.pending, keyOf(made))
}

describe.each<[string, () => Promise<void>]>([
  ['alone in the token', async () => {}],
  ['beside the note of a rotation of ours that it went past', beginOurs],
])('a rotation of version 1 %s', (_beside, begin) => {
  beforeEach(begin)

  test.for([0, 1, 2, 3])(
    'D15: version 1 replaced after %i calls of its switch: OLD is in use, and whole',
    async (done, { task }) => {
      for (const call of install.slice(0, done)) call()
      const found = await storeIn(token).find()
      expect(found).toMatchObject({ current: old.certificateId, previous: null, pending: null })
      expect(found.remark !== undefined).toBe(done === 3)
      await storeIn(token).drop()
      expectTidy(old.certificateId)
      fired(task)
    },
  )

  test.for([4, 5, 6, 7])(
    'D15: version 1 replaced after %i calls of its switch: NEW is in use, with OLD beside it',
    async (done, { task }) => {
      for (const call of install.slice(0, done)) call()
      const [NEW, OLD] = [made.certificateId, old.certificateId]
      const switched = { current: NEW, previous: OLD, newer: 'current', pending: null, execution: null }
      const remark = expect.stringContaining('version 1')
      expect(await storeIn(token).find()).toEqual({ ...switched, remark })
      expect(await storeIn(token).find()).toEqual({ ...switched, remark: undefined })
      await storeIn(token).place({ current: OLD, previous: NEW })
      expect(await storeIn(token).find()).toMatchObject({ current: OLD, previous: NEW, newer: 'previous' })
      await storeIn(token).place({ current: NEW, previous: OLD })
      await storeIn(token).drop()
      expectTidy(NEW)
      fired(task)
    },
  )

  test.for([1, 2, 3, 4, 5, 6])(
    'D15: version 1 replaced after %i calls of its rollback: OLD is in use',
    async (done, { task }) => {
      for (const call of [...install, ...rollBack.slice(0, done)]) call()
      expect(await storeIn(token).find()).toMatchObject({ current: old.certificateId, previous: null })
      await storeIn(token).drop()
      // NEW's key whose certificate is gone already might be anybody's.
      if (done === 1) destroy('private-key', tokenLabels.pending)
      expectTidy(old.certificateId)
      fired(task)
    },
  )
})

/** Cuts a look before and after each of its changes. The next makes it good. @returns how often */
async function expectSurvivesCuts(): Promise<number> {
  const sound = token.clone()
  const found = await storeIn(sound).find()
  const changes = [...sound.calls.entries()].filter(([, name]) => changingCalls.includes(name))
  expect(changes).not.toEqual([])
  await storeIn(sound).drop()
  for (const [at] of changes) {
    for (const fate of ['cut-before', 'cut-after'] as const) {
      const cut = token.clone()
      cut.fate = call => (call === at ? fate : undefined)
      await expect(storeIn(cut).find()).rejects.toThrow(TokenCut)
      cut.fate = () => undefined
      expect((await lookInto(cut)).complete).toContain(old.certificateId)
      const { current, previous } = await storeIn(cut).find()
      expect({ current, previous }).toEqual({ current: found.current, previous: found.previous })
      await storeIn(cut).drop()
      expect(inventory(cut)).toEqual(inventory(sound))
    }
  }
  return 2 * changes.length
}

test('D13, D15: a look that is cut short while it takes version 1 over is made good by the next', async ({
  task,
}) => {
  await beginOurs()
  for (const call of install) call()
  fired(task, await expectSurvivesCuts())
})

test.for([3, 4, 5])(
  'D13, D15: so is a look that repairs a switch of version 1 that ended after %i calls, by copies',
  async (done, { task }) => {
    token.can.relabels = false
    for (const call of install.slice(0, done)) call()
    fired(task, await expectSurvivesCuts())
  },
)

test.for([2, 3])(
  'D13, D15: so is a look that repairs a rollback of version 1 that ended after %i calls, by copies',
  async (done, { task }) => {
    token.can.relabels = false
    for (const call of [...install, ...rollBack.slice(0, done)]) call()
    fired(task, await expectSurvivesCuts())
  },
)

test('D15: a backup of version 1 beside a rotation of ours that it went past begins a rotation anew', async () => {
  const made1 = await storeIn(token).makePending(execution, algorithms, Date.now())
  expect(made1.kind).toBe('pending-made')
  destroy('private-key', tokenLabels.pending)
  // It puts its NEW where NEW of ours was to come, with a backup of another OLD than that of the note.
  const third = await authority.identity()
  destroy('certificate', tokenLabel)
  destroy('private-key', tokenLabel)
  putCertificate(tokenLabel, ids.current, made)
  putKey(tokenLabel, ids.current, keyOf(made))
  putCertificate(backup, ids.backup, third)
  putKey(backup, ids.backup, keyOf(third))
  expect(await storeIn(token).find()).toMatchObject({
    current: made.certificateId,
    previous: third.certificateId,
    execution: null,
  })
})
