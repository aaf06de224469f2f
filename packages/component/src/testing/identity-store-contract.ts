import type { CertificateId } from '@rotator/protocol/ids'
import { jobIdSchema } from '@rotator/protocol/ids'
import { csrDigest } from '@rotator/protocol/x509/csr'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { IdentityStore } from '../identities/identity-store.ts'
import { idOf } from './test-authority.ts'

/** A store with one usable identity in it, and what it takes to rotate that. */
export interface StoreUnderTest {
  store: IdentityStore
  issue: (csr: string) => Promise<string>
  /** The store as the next process finds it. */
  reopen: () => IdentityStore
  release: () => void
}

export const execution = { jobId: v.parse(jobIdSchema, 'job-1'), executionNumber: 1 }
export const algorithms = { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' } as const

export interface Rotated {
  old: CertificateId
  new: CertificateId
}

/** Everything up to the switch. */
export async function prepare(
  store: IdentityStore,
  issue: (csr: string) => Promise<string>,
): Promise<Rotated> {
  const made = await store.makePending(execution, algorithms, Date.now())
  if (made.kind !== 'pending-made') throw new Error(made.reason)
  const csr = (await store.pendingCsr(made.csrDigest)) ?? ''
  const check = await store.checkCertificate(made.csrDigest, await issue(csr), Date.now())
  if (check.kind !== 'certificate-usable') throw new Error(check.kind)
  return { old: made.oldCertificateId, new: check.certificateId }
}

/** What every identity store keeps, whatever it stores identities in. */
export function identityStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  const within = async (use: (under: StoreUnderTest) => Promise<void>): Promise<void> => {
    const under = await make()
    try {
      await use(under)
    } finally {
      under.release()
    }
  }

  describe(`${name} as an identity store`, () => {
    test('holds one identity at first', async () => {
      await within(async ({ store }) => {
        expect(await store.find()).toMatchObject({ pending: null, previous: null, newer: 'current' })
        expect((await store.find()).current).toMatch(/^[0-9a-f]{64}$/u)
      })
    })

    test('a pending key changes nothing about current, and is found by the next process', async () => {
      await within(async ({ store, reopen }) => {
        const { current } = await store.find()
        const made = await store.makePending(execution, algorithms, Date.now())
        expect(made).toMatchObject({ kind: 'pending-made', oldCertificateId: current })
        const digest = made.kind === 'pending-made' ? made.csrDigest : undefined
        expect(await reopen().find()).toMatchObject({ current, pending: digest })
      })
    })

    test('a key that is made again replaces the pending one', async () => {
      await within(async ({ store }) => {
        const first = await store.makePending(execution, algorithms, Date.now())
        const second = await store.makePending(execution, algorithms, Date.now())
        const [before, after] = [first, second].map(made =>
          made.kind === 'pending-made' ? made.csrDigest : undefined,
        )
        expect(after).not.toBe(before)
        expect((await store.find()).pending).toBe(after)
        const lost = before ?? csrDigest('')
        expect(await store.pendingCsr(lost)).toBeUndefined()
        expect(await store.checkCertificate(lost, '', 0)).toEqual({ kind: 'pending-lost' })
      })
    })

    test('D9: a certificate for another key is refused, and nothing is switched', async () => {
      await within(async ({ store, issue }) => {
        const first = await store.makePending(execution, algorithms, Date.now())
        const csr = first.kind === 'pending-made' ? await store.pendingCsr(first.csrDigest) : undefined
        const foreign = await issue(csr ?? '')
        const second = await store.makePending(execution, algorithms, Date.now())
        const digest = second.kind === 'pending-made' ? second.csrDigest : csrDigest('')
        expect(await store.checkCertificate(digest, foreign, Date.now())).toMatchObject({
          kind: 'certificate-unusable',
        })
      })
    })

    test('install, roll back and forward switch, keep the other as previous, and are harmless twice', async () => {
      await within(async ({ store, issue, reopen }) => {
        const ids = await prepare(store, issue)
        for (const [current, previous] of [
          [ids.new, ids.old],
          [ids.old, ids.new],
          [ids.new, ids.old],
        ] as const) {
          await store.place({ current, previous })
          await reopen().place({ current, previous })
          const newer = current === ids.new ? 'current' : 'previous'
          expect(await reopen().find()).toMatchObject({ current, previous, pending: null, newer, execution })
        }
      })
    })

    test('an identity that is not stored cannot be placed', async () => {
      await within(async ({ store }) => {
        const { current } = await store.find()
        const strange = idOf('')
        await expect(store.place({ current: strange, previous: current ?? strange })).rejects.toMatchObject({
          code: 'IDENTITY_LOST',
        })
        expect((await store.find()).current).toBe(current)
      })
    })

    test('an identity that somebody else put in place is not replaced', async () => {
      await within(async ({ store, issue }) => {
        const ids = await prepare(store, issue)
        const strange = idOf('')
        await expect(store.place({ current: ids.new, previous: strange })).rejects.toMatchObject({
          lookAgain: true,
        })
        expect((await store.find()).current).toBe(ids.old)
      })
    })

    test('dropping leaves the current identity alone', async () => {
      await within(async ({ store, issue, reopen }) => {
        const ids = await prepare(store, issue)
        await store.place({ current: ids.new, previous: ids.old })
        await store.drop()
        await reopen().drop()
        await store.makePending(execution, algorithms, Date.now())
        await store.drop()
        expect(await reopen().find()).toMatchObject({ current: ids.new, pending: null, previous: null })
      })
    })
  })
}
