import { algorithmPairs } from '@rotator/protocol/algorithms'
import { expect, test } from 'vitest'
import { filesHome, refusedInHsm } from './key-home.ts'

test.each(algorithmPairs)(
  'files on Linux can have a key $keyAlgorithm signed $signingAlgorithm',
  async pair => {
    await expect(filesHome('linux').refusal(pair)).resolves.toBeUndefined()
  },
)

test.each(algorithmPairs)(
  'files on Windows have $keyAlgorithm signed $signingAlgorithm only where that is RSA',
  async pair => {
    const { keyAlgorithm } = pair
    await expect(filesHome('win32').refusal(pair)).resolves.toBe(
      keyAlgorithm.startsWith('RSA')
        ? undefined
        : `keyAlgorithm ${keyAlgorithm} cannot be used on Windows, where the two TLS libraries of Greengrass read EC keys in no common form. Use one of RSA-2048, RSA-3072.`,
    )
  },
)

test('an HSM can have every key but P-521, which is refused with the reason and the others', () => {
  const refused = algorithmPairs.filter(({ keyAlgorithm }) => refusedInHsm(keyAlgorithm) !== undefined)
  expect(new Set(refused.map(({ keyAlgorithm }) => keyAlgorithm))).toEqual(new Set(['ECDSA-P521']))
  expect(refusedInHsm('ECDSA-P521')).toMatch(
    /cannot be used with an HSM: the TLS library .* Use one of RSA-2048, RSA-3072, ECDSA-P256, ECDSA-P384\.$/u,
  )
})
