import { describe, expect, test } from 'vitest'
import { type AuthorityState, diagnose } from './private-ca-diagnosis.ts'
import { pcaSigningAlgorithms } from './private-ca-settings.ts'

const dayMs = 24 * 3_600_000
const error = (name: string) => Object.assign(new Error('why'), { name })
const good: AuthorityState = {
  status: 'ACTIVE',
  keyAlgorithm: 'RSA_2048',
  isShortLived: false,
  notAfterMs: 100 * dayMs,
}
const settings = { signingAlgorithm: 'SHA256WITHRSA', validityDays: 7 } as const

const diagnosed = (
  name: string,
  authority: Partial<AuthorityState> | undefined,
  more: Partial<Parameters<typeof diagnose>[2]> = {},
  nowMs = 0,
) => diagnose(error(name), authority && { ...good, ...authority }, { ...settings, ...more }, nowMs)

describe('why an authority does not issue', () => {
  test.each(['DISABLED', 'DELETED', 'PENDING_CERTIFICATE', 'FAILED'])('it is %s', status => {
    expect(diagnosed('InvalidStateException', { status, notAfterMs: undefined })).toEqual({
      code: 'ISSUER_NOT_ACTIVE',
      because: `the authority is ${status}`,
    })
  })

  test('it does not exist, by the error or by its own description', () => {
    const gone = { code: 'ISSUER_NOT_ACTIVE', because: 'the authority does not exist' }
    expect(diagnosed('ResourceNotFoundException', undefined)).toEqual(gone)
    expect(diagnose(error('InvalidArnException'), 'gone', settings, 0)).toEqual(gone)
  })

  test('its certificate has expired, whether AWS has noticed or not', () => {
    const expired = { code: 'ISSUER_EXPIRED', because: 'the certificate of the authority has expired' }
    expect(diagnosed('InvalidStateException', { status: 'EXPIRED' })).toEqual(expired)
    expect(diagnosed('ValidationException', {}, {}, 100 * dayMs)).toEqual(expired)
  })

  test('its key is of the other family, for each way of signing', () => {
    for (const [name, family] of Object.entries(pcaSigningAlgorithms)) {
      const signingAlgorithm = name as keyof typeof pcaSigningAlgorithms
      const [own, other] = family === 'RSA' ? ['RSA_4096', 'EC_secp384r1'] : ['EC_secp521r1', 'RSA_3072']
      expect(diagnosed('InvalidArgsException', { keyAlgorithm: own }, { signingAlgorithm })).toEqual({
        code: 'ISSUER_REFUSED',
      })
      expect(diagnosed('InvalidArgsException', { keyAlgorithm: other }, { signingAlgorithm })).toEqual({
        code: 'ISSUER_KEY_DIFFERS',
        because: `PcaSigningAlgorithm is ${name} and the key of the authority ${other}`,
      })
    }
  })

  test.each(['SM2', 'ML_DSA_65', 'ECDSA', 'RSASSA'])(
    'its key is of a family that cannot be chosen: %s',
    keyAlgorithm => {
      for (const name of Object.keys(pcaSigningAlgorithms)) {
        const signingAlgorithm = name as keyof typeof pcaSigningAlgorithms
        expect(diagnosed('InvalidArgsException', { keyAlgorithm }, { signingAlgorithm })).toMatchObject({
          code: 'ISSUER_KEY_DIFFERS',
        })
      }
    },
  )

  test('its own certificate ends before the new one would', () => {
    expect(diagnosed('ValidationException', {}, { validityDays: 100 })).toEqual({ code: 'ISSUER_REFUSED' })
    expect(diagnosed('ValidationException', {}, { validityDays: 101 })).toEqual({
      code: 'ISSUER_VALIDITY_TOO_LONG',
      because: 'PcaValidityInDays is 101 and the authority ends at 1970-04-11T00:00:00.000Z',
    })
  })

  test('it is short-lived and asked for more than a week', () => {
    const shortLived = { isShortLived: true }
    expect(diagnosed('ValidationException', shortLived)).toEqual({ code: 'ISSUER_REFUSED' })
    expect(diagnosed('ValidationException', shortLived, { validityDays: 8 })).toEqual({
      code: 'ISSUER_VALIDITY_TOO_LONG',
      because: 'PcaValidityInDays is 8 and a short-lived authority issues for 7',
    })
  })

  test('the backend may not use it, whatever else is wrong', () => {
    for (const authority of [undefined, { status: 'DISABLED' }]) {
      expect(diagnosed('AccessDeniedException', authority)).toEqual({ code: 'ISSUER_ACCESS_DENIED' })
    }
  })

  test('nobody knows, where it could not be asked', () => {
    expect(diagnosed('InvalidStateException', undefined)).toEqual({ code: 'ISSUER_NOT_ACTIVE' })
    expect(diagnosed('LimitExceededException', undefined)).toEqual({ code: 'ISSUER_REFUSED' })
  })
})
