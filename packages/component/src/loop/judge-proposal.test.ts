import { algorithmPairs } from '@rotator/protocol/algorithms'
import { refusedConfigurations } from '@rotator/protocol/testing/refused-configurations'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../identities/identity-store.ts'
import { filesHome, type KeyHome, refusedInHsm } from '../keys/key-home.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import { judgeProposal } from './judge-proposal.ts'

const judge = async (configuration: unknown, home: KeyHome = filesHome('linux')) => {
  const timers = new FakeTimers()
  const validity = await judgeProposal({ home, timers }, configuration)
  expect(timers.pending()).toEqual([])
  return validity
}
const rejected = (message: RegExp) => ({ status: 'REJECTED', message: expect.stringMatching(message) })
const hsm: KeyHome = { refusal: async ({ keyAlgorithm }) => refusedInHsm(keyAlgorithm) }
const ec = { keyAlgorithm: 'ECDSA-P521', signingAlgorithm: 'ECDSA-WITH-SHA512' }

describe('a proposed configuration', () => {
  test.each(algorithmPairs)('of $keyAlgorithm and $signingAlgorithm is accepted', async pair => {
    await expect(judge(pair)).resolves.toEqual({ status: 'ACCEPTED' })
  })

  test.each(refusedConfigurations)(
    'of $keyAlgorithm and $signingAlgorithm is rejected with a sentence',
    async pair => {
      await expect(judge(pair)).resolves.toEqual(
        rejected(/(?:is unknown|mismatched)\b.* [Uu]se one of .*\.$/u),
      )
    },
  )

  test.each([
    ['neither', {}],
    ['no configuration at all', null],
    ['no signingAlgorithm', { keyAlgorithm: 'RSA-3072' }],
    ['no keyAlgorithm', { signingAlgorithm: 'SHA512WITHRSA' }],
  ])('that names %s is answered: what is missing has its default', async (_what, configuration) => {
    await expect(judge(configuration)).resolves.toEqual({ status: 'ACCEPTED' })
  })

  test('that names no signingAlgorithm is rejected where the default does not fit its key', async () => {
    await expect(judge({ keyAlgorithm: 'ECDSA-P256' })).resolves.toEqual(rejected(/mismatched/u))
  })

  test('of an EC key is rejected on Windows, and of P-521 with an HSM', async () => {
    await expect(judge(ec, filesHome('win32'))).resolves.toEqual(rejected(/cannot be used on Windows/u))
    await expect(judge(ec, hsm)).resolves.toEqual(rejected(/cannot be used with an HSM/u))
    await expect(judge({ ...ec, keyAlgorithm: 'ECDSA-P384' }, hsm)).resolves.toEqual({ status: 'ACCEPTED' })
  })

  test('whose key is unknown is not asked the token about', async () => {
    const unasked: KeyHome = { refusal: async () => Promise.reject(new Error('was asked')) }
    await expect(judge({ keyAlgorithm: 'Foobar' }, unasked)).resolves.toEqual(
      rejected(/"Foobar" is unknown/u),
    )
  })

  test('of which it cannot be found out whether it can be used is rejected with the reason', async () => {
    const absent: KeyHome = {
      refusal: async () =>
        Promise.reject(new StoreError('IDENTITY_UNUSABLE', 'There is no token in slot 7.')),
    }
    await expect(judge(ec, absent)).resolves.toEqual(
      rejected(/could not be found out: There is no token in slot 7\. Deploy again/u),
    )
  })

  test('is answered before Greengrass stops waiting, also where the token hangs; what comes later is dropped', async () => {
    const timers = new FakeTimers()
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const answer = judgeProposal({ home: { refusal: async () => promise }, timers }, ec)
    expect(timers.pending()).toEqual([15_000])
    timers.advance(15_000)
    await expect(answer).resolves.toEqual(rejected(/could not be found out: it took more than 15 seconds/u))
    resolve(undefined)
    await promise
    await expect(answer).resolves.toEqual(rejected(/15 seconds/u))
  })
})
