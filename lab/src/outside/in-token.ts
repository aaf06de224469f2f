import { labelsFor } from '@rotator/component/identities/pkcs11/labels'
import { openTokenWith } from '@rotator/component/identities/pkcs11/pkcs11js-token'
import type {
  ObjectClass,
  ObjectHandle,
  TokenAnswer,
  TokenSession,
} from '@rotator/component/identities/pkcs11/token'
import { Secret } from '@rotator/component/secret'
import { tokenObjectLabel } from '../fleet/device.ts'
import type { Bench } from './token-kinds.ts'

export const labels = labelsFor(tokenObjectLabel)

/** What somebody else does in a token, in a session of his own. */
export async function inToken<T>(
  { token, binding }: Bench,
  work: (session: TokenSession) => Promise<T>,
): Promise<T> {
  const { library, slot, userPin } = token
  const session = done(await openTokenWith(() => binding)(library, slot))
  try {
    done(await session.login(new Secret(userPin)))
    return await work(session)
  } finally {
    await session.close()
  }
}

export function done<T>(answer: TokenAnswer<T>): T {
  if (answer.ok) return answer.value
  throw new Error(`${answer.call}: ${answer.ckr}`)
}

/** The one object of that class and label. */
export async function theOne(
  session: TokenSession,
  objectClass: ObjectClass,
  label: string,
): Promise<ObjectHandle> {
  const [one, ...others] = done(await session.find(objectClass, label))
  if (one !== undefined && others.length === 0) return one
  throw new Error(`${others.length + Number(one !== undefined)} objects ${objectClass} ${label}`)
}

export const removeNote = async (bench: Bench): Promise<void> =>
  inToken(bench, async session => done(await session.destroy(await theOne(session, 'data', labels.note))))
