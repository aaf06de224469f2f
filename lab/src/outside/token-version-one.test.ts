import type { IdentityStore, StoreError } from '@rotator/component/identities/identity-store'
import { wordsOf } from '@rotator/component/identities/pkcs11/certificate-words'
import { nameOf } from '@rotator/component/identities/pkcs11/labels'
import { fired } from '@rotator/component/testing/fired'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { presentInToken } from '../operator/token-proof.ts'
import { done, inToken, labels, removeNote, theOne } from './in-token.ts'
import { type Bench, loadedFrom, openBench, storeOn, tokenKinds } from './token-kinds.ts'
import { type Known, orders, required } from './token-orders.ts'

/** As the factory gives it, and as version 1 derives it from that. */
const ids = { current: '01', backup: '0102' } as const

/** Those that version 1 can rotate in. */
const copying = tokenKinds.filter(({ kind }) => kind !== 'a TPM, which cannot copy')

describe.each(copying)('$kind', ({ kind, make }) => {
  let bench: Bench
  let known: Known
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())
  beforeEach(async () => {
    bench.renew()
    known = { old: required((await store().find()).current) }
    await installByVersionOne()
  })

  const store = (): IdentityStore => storeOn(bench.token, bench.binding)
  const give = async (name: string): Promise<void> => {
    const order = required(orders.find(one => one.name === name))
    known = await order.give(store(), known, bench)
  }
  const remove = async (objectClass: 'certificate' | 'private-key', label: string): Promise<void> =>
    inToken(bench, async session => done(await session.destroy(await theOne(session, objectClass, label))))

  /** What version 1 does once its certificate has come; its pending key is the one that a rotation of ours has made. */
  async function installByVersionOne(): Promise<void> {
    await give('make a new key')
    const made = required(firstCertificate(required(known.certificatePem)))
    await inToken(bench, async session => {
      const pending = await theOne(session, 'private-key', labels.pending)
      const certificate = await theOne(session, 'certificate', labels.current)
      const key = await theOne(session, 'private-key', labels.current)
      const words = wordsOf(done(await session.readValue(certificate)))
      done(await session.createCertificate(words, nameOf(labels.versionOneBackup, ids.backup)))
      done(await session.copy(key, nameOf(labels.versionOneBackup, ids.backup), true))
      done(await session.destroy(certificate))
      done(await session.createCertificate(wordsOf(made.der), nameOf(labels.current, ids.current)))
      done(await session.destroy(key))
      done(await session.copy(pending, nameOf(labels.current, ids.current), true))
      done(await session.destroy(pending))
    })
    known = { ...known, new: certificateId(made.der) }
    expect(loadedFrom(bench.token)).toBe(known.new)
  }

  test('D15: a rotation of version 1, to which the device was downgraded in ours, is taken over and can go back', async ({
    task,
  }) => {
    fired(task)
    expect(await store().find()).toMatchObject({
      current: known.new,
      previous: known.old,
      execution: null,
      remark: expect.stringContaining('version 1'),
    })
    await give('roll back')
    expect(loadedFrom(bench.token)).toBe(known.old)
    await give('go forward')
    await give('drop the rest')
    expect(loadedFrom(bench.token)).toBe(known.new)
    expect(presentInToken(bench.token).otherKeys).toBe(0)
  })

  test('D15: a rollback of version 1 that has only removed a certificate is completed, at once or when the key in its way is removed', async ({
    task,
  }) => {
    await removeNote(bench)
    await remove('certificate', labels.current)
    fired(task)
    const first = await store()
      .find()
      .then(
        ({ current }) => current,
        (error: StoreError) => error.code,
      )
    const isHelpNeeded = kind === 'SoftHSM2 that cannot relabel'
    expect(first).toBe(isHelpNeeded ? 'HSM_UNSUITABLE' : known.old)
    if (isHelpNeeded) await remove('private-key', labels.current)
    expect(await store().find()).toMatchObject({ current: known.old, previous: null })
    expect(loadedFrom(bench.token)).toBe(known.old)
  })
})
