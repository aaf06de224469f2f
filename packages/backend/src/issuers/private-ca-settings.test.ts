import { describe, expect, test } from 'vitest'
import { type EnvironmentName, environmentOf } from '../aws/environment.ts'
import { testVariables } from '../testing/fake-clients.ts'
import { readPrivateCaSettings, readRevocationSettings } from './private-ca-settings.ts'

const PCA_CA_ARN = 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1'
const set = (more: Partial<Record<EnvironmentName, string>>) => environmentOf({ ...testVariables, ...more })

describe('the settings of AWS Private CA', () => {
  test('are none where no authority is set', () => {
    expect(readPrivateCaSettings(set({ PCA_SIGNING_ALGORITHM: 'none' }))).toBeUndefined()
  })

  test('name the authority, how it signs and for how long', () => {
    expect(
      readPrivateCaSettings(
        set({ PCA_CA_ARN, PCA_SIGNING_ALGORITHM: 'SHA384WITHRSA', PCA_VALIDITY_IN_DAYS: '398' }),
      ),
    ).toEqual({ authorityArn: PCA_CA_ARN, signingAlgorithm: 'SHA384WITHRSA', validityDays: 398 })
  })

  test.each<[Partial<Record<EnvironmentName, string>>, RegExp]>([
    [{ PCA_SIGNING_ALGORITHM: 'SHA1WITHRSA' }, /PCA_SIGNING_ALGORITHM must be one of SHA256WITHRSA, /u],
    [{ PCA_SIGNING_ALGORITHM: 'toString' }, /PCA_SIGNING_ALGORITHM must be one of/u],
    [{ PCA_VALIDITY_IN_DAYS: 'beta' }, /PCA_VALIDITY_IN_DAYS must be whole days/u],
    [{ PCA_VALIDITY_IN_DAYS: '0' }, /PCA_VALIDITY_IN_DAYS must be 1 or more/u],
    [{ PCA_VALIDITY_IN_DAYS: '' }, /PCA_VALIDITY_IN_DAYS is not set/u],
  ])('that cannot be used end the start: %j', (wrong, message) => {
    expect(() => readPrivateCaSettings(set({ PCA_CA_ARN, ...wrong }))).toThrow(message)
  })

  test('say whether what goes is revoked, and where', () => {
    expect(readRevocationSettings(set({ PCA_CA_ARN, PCA_REVOKE_ON_RETIREMENT: 'true' }))).toEqual({
      authorityArn: PCA_CA_ARN,
    })
    expect(readRevocationSettings(set({ PCA_CA_ARN }))).toBeUndefined()
    expect(readRevocationSettings(set({ PCA_REVOKE_ON_RETIREMENT: 'true' }))).toBeUndefined()
  })
})
