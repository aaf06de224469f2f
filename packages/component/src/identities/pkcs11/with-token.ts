import { StoreError } from '../identity-store.ts'
import type { OpenToken, TokenFlags, TokenSession } from './token.ts'
import { settled } from './token-failure.ts'
import { provider, type TokenSettings } from './token-settings.ts'

export interface TokenAccess {
  open: OpenToken
  settings: TokenSettings
}

/** Opens the token, works with it without logging in, and closes it. */
export async function withToken<T>(
  { open, settings }: TokenAccess,
  work: (session: TokenSession) => Promise<T>,
): Promise<T> {
  const session = settled('be opened', await open(settings.library, settings.slot))
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** The same, logged in as the user. The PIN is tried once, and never where that could lock the token. */
export const loggedIn = async <T>(
  access: TokenAccess,
  work: (session: TokenSession) => Promise<T>,
): Promise<T> =>
  withToken(access, async session => {
    refuseRisk(session.flags)
    settled('let the component log in', await session.login(access.settings.userPin))
    return work(session)
  })

/** The last try belongs to the operator: Greengrass itself connects with this token. */
function refuseRisk({ hasUserPin, isFinalTry, isLocked }: TokenFlags): void {
  const problem = problemWith(hasUserPin, isFinalTry, isLocked)
  if (problem !== undefined) throw new StoreError('HSM_FAILED', `${problem}.`)
}

function problemWith(hasUserPin: boolean, isFinalTry: boolean, isLocked: boolean): string | undefined {
  if (!hasUserPin) {
    return `The HSM has no user PIN yet. Set one, and as userPin in the configuration of ${provider}`
  }
  if (isLocked) {
    return "The HSM has locked its user PIN after wrong ones. Have the HSM's security officer unlock it"
  }
  if (isFinalTry) {
    return `One more wrong PIN would lock the HSM, so the component does not log in. Check userPin in the configuration of ${provider}, then log in once with the right PIN by hand`
  }
  return undefined
}
