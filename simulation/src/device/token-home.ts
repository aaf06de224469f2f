import { createPrivateKey } from 'node:crypto'
import { TokenIdentityStore } from '@rotator/component/identities/pkcs11/token-identity-store'
import { changingCalls } from '@rotator/component/testing/fake-token'
import { accessTo, lookInto, tokenWith } from '@rotator/component/testing/token-device'
import { tokenCutFaults } from '../faults/fault.ts'
import type { IdentityFiles } from './by-hand.ts'
import type { IdentityHome } from './identity-home.ts'
import { pooledKey } from './key-pool.ts'

/** A token that holds the identity, and everything that is made of it. */
export function tokenHome(
  identity: IdentityFiles,
  nextKey: () => number,
  losesPower: (operation: string, where: string) => boolean,
): IdentityHome {
  const token = tokenWith(identity, async () => createPrivateKey((await pooledKey(nextKey())).keyPem))
  let looksToMiss = 0
  token.fate = (_call, name) => {
    if (changingCalls.includes(name)) return losesPower(name, 'in the token') ? 'cut-before' : undefined
    if (name !== 'C_OpenSession' || looksToMiss === 0) return undefined
    looksToMiss -= 1
    return { kind: 'fails', ckr: 'CKR_TOKEN_NOT_PRESENT' }
  }
  return {
    store: () => new TokenIdentityStore(accessTo(token)),
    stored: async () => {
      const { current, complete } = await lookInto(token)
      return { current, complete: [...complete] }
    },
    get changes() {
      return token.calls.length
    },
    // As on a device: the component has no way to a connection with a key that it does not hold.
    inSlot: async () => undefined,
    get isThere() {
      return looksToMiss === 0
    },
    hideFor: looks => {
      looksToMiss = looks
    },
    cuts: tokenCutFaults,
  }
}
