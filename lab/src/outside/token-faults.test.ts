import type { IdentityStore } from '@rotator/component/identities/identity-store'
import { openTokenWith } from '@rotator/component/identities/pkcs11/pkcs11js-token'
import { TokenIdentityStore } from '@rotator/component/identities/pkcs11/token-identity-store'
import { Secret } from '@rotator/component/secret'
import { fired } from '@rotator/component/testing/fired'
import { algorithms, execution } from '@rotator/component/testing/identity-store-contract'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenObjectLabel } from '../fleet/device.ts'
import { pkcs11ToolIn } from '../tokens/pkcs11-tool.ts'
import { type Bench, openBench, storeOn, tokenKinds } from './token-kinds.ts'

const makeKey = (store: IdentityStore) => store.makePending(execution, algorithms, Date.now())

const contents = (bench: Bench): string => pkcs11ToolIn(bench.token, ['--list-objects']).toString()

const wrongPin = 'wrong-pin-0815'

interface Wrong {
  what: string
  settings: (bench: Bench) => { library?: string; slot?: number; userPin?: string }
  code: FailureCode
  says: string
}

const wrongs: Wrong[] = [
  {
    what: 'a wrong PIN',
    settings: () => ({ userPin: wrongPin }),
    code: 'HSM_PIN_REFUSED',
    says: 'CKR_PIN_INCORRECT',
  },
  {
    what: 'no such slot',
    settings: () => ({ slot: 4_711 }),
    code: 'HSM_FAILED',
    says: 'CKR_SLOT_ID_INVALID',
  },
  {
    what: 'a slot that holds no token',
    settings: bench => ({ slot: emptySlot(bench) }),
    code: 'HSM_FAILED',
    says: 'aws.greengrass.crypto.Pkcs11Provider',
  },
  {
    what: 'a library that is gone',
    settings: () => ({ library: '/no/such.so' }),
    code: 'HSM_FAILED',
    says: '/no/such.so',
  },
]

/** Every library here offers one slot more than there are tokens. */
function emptySlot({ binding, token }: Bench): number {
  const cryptoki = new binding.PKCS11()
  cryptoki.load(token.library)
  cryptoki.C_Initialize()
  const slots = cryptoki.C_GetSlotList(false).map(slot => Number(slot.readBigUInt64LE()))
  cryptoki.C_Finalize()
  const empty = slots.find(slot => slot !== token.slot)
  if (empty === undefined) throw new Error('Every slot holds a token.')
  return empty
}

describe.each(tokenKinds)('$kind', ({ make }) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())

  const storeWith = (wrong: { library?: string; slot?: number; userPin?: string }): IdentityStore => {
    const { library, slot, userPin } = { ...bench.token, ...wrong }
    const settings = { label: tokenObjectLabel, library, slot, userPin: new Secret(userPin) }
    return new TokenIdentityStore({ open: openTokenWith(() => bench.binding), settings })
  }

  test.for(wrongs)(
    'D13, A6: $what is told with what to do and without the PIN, nothing is made, and then the right settings work',
    async ({ settings, code, says }, { task }) => {
      bench.renew()
      const before = contents(bench)
      const made = await makeKey(storeWith(settings(bench)))
      fired(task)
      expect(made).toMatchObject({ kind: 'pending-not-made', code, reason: expect.stringContaining(says) })
      const told = JSON.stringify(made)
      expect(told).not.toContain(wrongPin)
      expect(told).not.toContain(bench.token.userPin)
      expect(contents(bench)).toBe(before)
      expect(await makeKey(storeOn(bench.token, bench.binding))).toMatchObject({ kind: 'pending-made' })
    },
  )
})
