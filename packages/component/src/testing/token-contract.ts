import { generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { wordsOf } from '../identities/pkcs11/certificate-words.ts'
import { publicKeyOf } from '../identities/pkcs11/public-key.ts'
import { signInToken } from '../identities/pkcs11/signing.ts'
import type { OpenToken, TokenAnswer, TokenSession } from '../identities/pkcs11/token.ts'
import { isImpossible } from '../identities/pkcs11/token-failure.ts'
import { Secret } from '../secret.ts'
import { TestAuthority } from './test-authority.ts'
import { derOf } from './token-device.ts'

export interface TokenUnderTest {
  open: OpenToken
  library: string
  slot: number
  pin: string
  release: () => Promise<void>
}

const valueOf = <T>(answer: TokenAnswer<T>): T => {
  if (!answer.ok) throw new Error(`${answer.call}: ${answer.ckr}`)
  return answer.value
}

const name = (label: string, id = 'a1') => ({ label, id: Buffer.from(id, 'hex') })

/** What the identity store relies on in every token, in memory or real. */
export function tokenContract(title: string, make: () => Promise<TokenUnderTest>, timeoutMs = 60_000): void {
  const inSession = async (use: (session: TokenSession) => Promise<void>): Promise<void> => {
    const { open, library, slot, pin, release } = await make()
    const session = valueOf(await open(library, slot))
    try {
      valueOf(await session.login(new Secret(pin)))
      await use(session)
    } finally {
      await session.close()
      await release()
    }
  }

  describe(`${title} as a token`, { timeout: timeoutMs }, () => {
    test('a slot that is not there is said to be none, and so is a library', async () => {
      const { open, library, release } = await make()
      expect(await open(library, 987_654_321)).toMatchObject({ ok: false, ckr: 'CKR_SLOT_ID_INVALID' })
      expect(await open('/none/pkcs11.so', 0)).toMatchObject({ ok: false, ckr: 'NOT_LOADED' })
      await release()
    })

    test.each(['RSA-2048', 'ECDSA-P256', 'ECDSA-P384'] as const)(
      'a key %s is made under a label, signs, gets another label and id, and can be destroyed',
      async keyAlgorithm => {
        await inSession(async session => {
          const made = valueOf(await session.generateKeyPair(keyAlgorithm, name('made')))
          const publicKey = publicKeyOf(keyAlgorithm, made.publicKey)
          const [family, signing] = keyAlgorithm.startsWith('RSA')
            ? (['RSA', 'SHA256WITHRSA'] as const)
            : (['EC', 'ECDSA-WITH-SHA256'] as const)
          expect(valueOf(await session.readKeyType(made.privateKey))).toBe(family)
          const bytes = Buffer.from('signed')
          const signature = valueOf(await signInToken(session, made.privateKey, signing, bytes))
          expect(publicKey !== undefined && verify('sha256', bytes, publicKey, signature)).toBe(true)
          const key = made.privateKey
          const moved = await session.relabel(key, name('moved', 'b2'))
          const copied = await session.copy(key, name('copied'), true)
          expect([moved, copied].every(answer => answer.ok || isImpossible(answer.ckr))).toBe(true)
          const [original, copy] = [moved.ok ? 'moved' : 'made', copied.ok ? [copied.value] : []]
          expect(valueOf(await session.find('private-key', original))).toEqual([key])
          expect(valueOf(await session.readId(key)).toString('hex')).toBe(moved.ok ? 'b2' : 'a1')
          expect(valueOf(await session.find('private-key', 'copied'))).toEqual(copy)
          for (const handle of copy) valueOf(await session.destroy(handle))
          expect(moved.ok || copied.ok).toBe(true)
          valueOf(await session.destroy(key))
          for (const label of ['made', 'moved', 'copied']) {
            expect(valueOf(await session.find('private-key', label))).toEqual([])
            for (const left of valueOf(await session.find('public-key', label)))
              valueOf(await session.destroy(left))
          }
        })
      },
    )

    test('certificates and data are there again in the next session, as they were', async () => {
      const { open, library, slot, pin, release } = await make()
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const der = derOf((await new TestAuthority().identity({}, privateKey)).certificatePem)
      const first = valueOf(await open(library, slot))
      valueOf(await first.login(new Secret(pin)))
      valueOf(await first.createCertificate(wordsOf(der), name('kept')))
      valueOf(await first.createData('kept', Buffer.from('{"some":"text"}')))
      await first.close()
      const second = valueOf(await open(library, slot))
      valueOf(await second.login(new Secret(pin)))
      for (const [objectClass, value] of [
        ['certificate', der],
        ['data', Buffer.from('{"some":"text"}')],
      ] as const) {
        const [handle = -1] = valueOf(await second.find(objectClass, 'kept'))
        expect(valueOf(await second.readValue(handle))).toEqual(value)
        valueOf(await second.destroy(handle))
        expect(valueOf(await second.find(objectClass, 'kept'))).toEqual([])
      }
      await second.close()
      await release()
    })

    test('what is needed to make keys is listed, with lengths that it can be asked by', async () => {
      await inSession(async session => {
        const listed = valueOf(await session.mechanisms())
        expect([...listed.keys()]).toEqual(
          expect.arrayContaining(['CKM_RSA_PKCS_KEY_PAIR_GEN', 'CKM_EC_KEY_PAIR_GEN', 'CKM_ECDSA']),
        )
        expect(listed.get('CKM_RSA_PKCS_KEY_PAIR_GEN')?.max).toBeGreaterThanOrEqual(2048)
        expect(session.flags).toMatchObject({ isReadOnly: false, hasUserPin: true, isLocked: false })
      })
    })
  })
}
