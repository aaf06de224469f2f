import { wordsOf } from '@rotator/component/identities/pkcs11/certificate-words'
import { nameOf } from '@rotator/component/identities/pkcs11/labels'
import { fired } from '@rotator/component/testing/fired'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { presentInToken } from '../operator/token-proof.ts'
import { done, inToken, labels, removeNote, theOne } from './in-token.ts'
import { type Bench, loadedFrom, openBench, storeOn, tokenKinds } from './token-kinds.ts'
import { type Known, orders, required } from './token-orders.ts'

describe.each(tokenKinds)('$kind', ({ kind, make }) => {
  const canRelabel = kind !== 'SoftHSM2 that cannot relabel'
  let bench: Bench
  let known: Known
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())
  beforeEach(async () => {
    bench.renew()
    known = { old: required((await store().find()).current) }
  })

  const store = () => storeOn(bench.token, bench.binding)
  const give = async (...names: readonly string[]): Promise<void> => {
    for (const order of orders.filter(({ name }) => names.includes(name)))
      known = await order.give(store(), known, bench)
  }
  const expectAlone = (certificateId: string): void => {
    expect(loadedFrom(bench.token)).toBe(certificateId)
    expect(presentInToken(bench.token).otherKeys).toBe(0)
  }

  test('D11: a rotation whose note somebody has removed goes back, forward, and to its end', async ({
    task,
  }) => {
    await give('make a new key', 'take the certificate', 'install')
    await removeNote(bench)
    expect(await store().find()).toMatchObject({ current: known.new, previous: null })
    await give('roll back')
    expect(loadedFrom(bench.token)).toBe(known.old)
    expect(await store().find()).toMatchObject({ current: known.old, previous: known.new, newer: 'previous' })
    await removeNote(bench)
    fired(task, 2)
    await give('go forward')
    expect(await store().find()).toMatchObject({ current: known.new, previous: known.old, newer: 'current' })
    await give('drop the rest')
    expectAlone(required(known.new))
  })

  test('D11: OLD that somebody has put in anew with another id is not switched, and the next rotation goes back', async ({
    task,
  }) => {
    await give('make a new key', 'take the certificate')
    await inToken(bench, async session => {
      const certificate = await theOne(session, 'certificate', labels.current)
      const words = wordsOf(done(await session.readValue(certificate)))
      done(await session.createCertificate(words, nameOf(labels.current, '05')))
      done(await session.destroy(certificate))
      const key = await theOne(session, 'private-key', labels.current)
      if (canRelabel) return done(await session.relabel(key, nameOf(labels.current, '05')))
      done(await session.copy(key, nameOf(labels.current, '05'), true))
      return done(await session.destroy(key))
    })
    fired(task)
    await expect(give('install')).rejects.toMatchObject({ code: 'INSTALL_FAILED' })
    expect(loadedFrom(bench.token)).toBe(known.old)
    await give('drop the rest')
    expectAlone(known.old)
    await give('make a new key', 'take the certificate', 'install', 'roll back')
    expect(await store().find()).toMatchObject({ current: known.old, previous: known.new })
    await give('drop the rest')
    expectAlone(known.old)
  })
})
