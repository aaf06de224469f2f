import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBinding } from '@rotator/component/identities/pkcs11/pkcs11js-binding'
import { openTokenWith } from '@rotator/component/identities/pkcs11/pkcs11js-token'
import { publicKeyOf } from '@rotator/component/identities/pkcs11/public-key'
import { signInToken } from '@rotator/component/identities/pkcs11/signing'
import type { TokenAnswer, TokenSession } from '@rotator/component/identities/pkcs11/token'
import { Secret } from '@rotator/component/secret'
import type { Token } from '@rotator/lab/tokens/token'
import { hostBinding } from '@rotator/lab/world/binding'
import { makeCsr } from '@rotator/protocol/x509/csr'
import { benchSubject } from './bench-subject.ts'
import type { KeyHolder } from './key-holder.ts'

const objectName = { label: 'bench', id: Buffer.from('bench') }

/** What the component does in a token, in a session that is open already, a new one for each key. */
export async function tokenKeys(make: (folder: string) => Promise<Token>): Promise<KeyHolder> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-token-'))
  const token = await make(join(folder, 'token'))
  Object.assign(process.env, token.environment)
  const binding = loadBinding(await hostBinding())
  const open = async (): Promise<TokenSession> => {
    const session = valueOf(await openTokenWith(() => binding)(token.library, token.slot))
    valueOf(await session.login(new Secret(token.userPin)))
    return session
  }
  let session = await open()
  return {
    name: token.kind,
    makeKey: async keyAlgorithm => {
      if (keyAlgorithm === 'ECDSA-P521') return undefined
      const pair = valueOf(await session.generateKeyPair(keyAlgorithm, objectName))
      const publicKey = publicKeyOf(keyAlgorithm, pair.publicKey)?.export({ type: 'spki', format: 'der' })
      if (publicKey === undefined) throw new Error(`${token.kind} made no key of ${keyAlgorithm}.`)
      return {
        request: async signingAlgorithm => {
          const sign = async (bytes: Buffer) =>
            valueOf(await signInToken(session, pair.privateKey, signingAlgorithm, bytes))
          await makeCsr({ subject: benchSubject, publicKey, signingAlgorithm, sign })
        },
        remove: async () => {
          valueOf(await session.destroy(pair.privateKey))
          // In one session the library of a TPM uses up its places for keys, destroyed ones included.
          await session.close()
          session = await open()
        },
      }
    },
    close: async () => {
      await session.close()
      await token.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function valueOf<T>(answer: TokenAnswer<T>): T {
  if (!answer.ok) throw new Error(`${answer.call}: ${answer.ckr} ${answer.detail ?? ''}`)
  return answer.value
}
