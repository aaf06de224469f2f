import { fired } from '@rotator/component/testing/fired'
import { algorithms, execution } from '@rotator/component/testing/identity-store-contract'
import type { Algorithms } from '@rotator/protocol/algorithms'
import type { FailureCode } from '@rotator/protocol/failure-codes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forbidding, type Lacking } from '../tokens/forbidding-library.ts'
import { pkcs11ToolIn } from '../tokens/pkcs11-tool.ts'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import { makeTpm } from '../tokens/tpm.ts'
import { HarmedBinding } from './harmed-binding.ts'
import { type Bench, loadedFrom, openBench, storeOn } from './token-kinds.ts'

interface Case {
  what: string
  lacking: Lacking
  wanted: Algorithms
  /** By which calls that shows, each of them at least once. */
  shownBy: readonly string[]
  code: FailureCode
  says: RegExp
}

const missing: Case[] = [
  {
    what: 'keys of that kind',
    lacking: { mechanisms: ['CKM_EC_KEY_PAIR_GEN'] },
    wanted: { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 'ECDSA-WITH-SHA256' },
    shownBy: ['C_GetMechanismList'],
    code: 'ALGORITHM_NOT_ALLOWED',
    says: /cannot make a key ECDSA-P256: it lacks CKM_EC_KEY_PAIR_GEN/u,
  },
  {
    what: 'signatures of that kind',
    lacking: { mechanisms: ['CKM_ECDSA'] },
    wanted: { keyAlgorithm: 'ECDSA-P384', signingAlgorithm: 'ECDSA-WITH-SHA384' },
    shownBy: ['C_GetMechanismList'],
    code: 'ALGORITHM_NOT_ALLOWED',
    says: /ECDSA-P384 with signingAlgorithm ECDSA-WITH-SHA384: it lacks CKM_ECDSA/u,
  },
  {
    what: 'PSS, which only a signature shows',
    lacking: { mechanisms: ['CKM_SHA256_RSA_PKCS_PSS', 'CKM_RSA_PKCS_PSS'] },
    wanted: { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSAANDMGF1' },
    shownBy: ['C_SignInit'],
    code: 'ALGORITHM_NOT_ALLOWED',
    says: /SHA256WITHRSAANDMGF1: it lacks the mechanism \(CKR_MECHANISM_INVALID\)/u,
  },
]

const immovable = (shownBy: ('C_SetAttributeValue' | 'C_CopyObject')[]): Case => ({
  what: 'relabelling and copying',
  lacking: { functions: shownBy },
  wanted: algorithms,
  shownBy,
  code: 'HSM_UNSUITABLE',
  says: /C_SetAttributeValue: CKR_FUNCTION_NOT_SUPPORTED.*C_CopyObject: CKR_FUNCTION_NOT_SUPPORTED/u,
})

describe.each([
  {
    kind: 'SoftHSM2',
    make: makeSoftHsm,
    cases: [immovable(['C_SetAttributeValue', 'C_CopyObject']), ...missing],
  },
  // It has no copying of its own to take away.
  { kind: 'a TPM', make: makeTpm, cases: [immovable(['C_SetAttributeValue']), ...missing] },
])('$kind', ({ make, cases }) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench(make)
  })
  afterAll(async () => bench.close())

  const contents = () => pkcs11ToolIn(bench.token, ['--list-objects']).toString()

  test.for(cases)(
    'D14: without $what is refused before anything is made, and the reason names it',
    async ({ lacking, wanted, shownBy, code, says }, { task }) => {
      const before = contents()
      const library = forbidding(bench.folder, bench.token.library, lacking)
      const token = { ...bench.token, library: library.path }
      const watched = new HarmedBinding(bench.binding, 'cut', Number.POSITIVE_INFINITY)
      const made = await storeOn(token, watched.binding).makePending(execution, wanted, Date.now())
      const refusals = library.refusals()
      fired(task, refusals.length)
      expect(refusals).toEqual(expect.arrayContaining([...shownBy]))
      expect(made).toMatchObject({ kind: 'pending-not-made', code, reason: expect.stringMatching(says) })
      expect(watched.calls).not.toContain('C_GenerateKeyPair')
      expect(watched.calls).not.toContain('C_CreateObject')
      expect(contents()).toBe(before)
      const { current } = await storeOn(bench.token, bench.binding).find()
      expect(loadedFrom(bench.token)).toBe(current)
    },
  )

  test('a key that Greengrass could not use in a token is refused before anything is made', async () => {
    const before = contents()
    const p521 = { keyAlgorithm: 'ECDSA-P521', signingAlgorithm: 'ECDSA-WITH-SHA512' } as const
    const made = await storeOn(bench.token, bench.binding).makePending(execution, p521, Date.now())
    expect(made).toMatchObject({ kind: 'pending-not-made', code: 'ALGORITHM_NOT_ALLOWED' })
    expect(contents()).toBe(before)
  })
})
