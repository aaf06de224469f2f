import { describe, expect, test } from 'vitest'
import { findingOf, type Stage } from './refusal.ts'

const failure = (code: string): Error => Object.assign(new Error(`it failed with ${code}`), { code })

describe('what a failed attempt means', () => {
  test.each([
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED',
    'ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
  ])('the alert %s is a refusal, in and after the handshake, but not on the way', code => {
    expect(findingOf(failure(code), 'handshake', true).outcome).toBe('refused')
    expect(findingOf(failure(code), 'asked', true).outcome).toBe('refused')
    expect(findingOf(failure(code), 'reach', false).outcome).toBe('unreachable')
  })

  test.each([
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'ETIMEDOUT',
    'ENETUNREACH',
  ])('%s says nothing about the certificate', code => {
    for (const stage of ['reach', 'handshake', 'asked'] as const)
      expect(findingOf(failure(code), stage, true)).toEqual({
        outcome: 'unreachable',
        why: `it failed with ${code}`,
      })
  })

  test.each([
    ['asked', true, 'refused'],
    ['asked', false, 'refused'],
    ['handshake', true, 'refused'],
    ['handshake', false, 'unreachable'],
    ['reach', false, 'unreachable'],
  ] satisfies [Stage, boolean, string][])(
    'a hang-up at the stage %s, the endpoint having spoken: %s, is %s',
    (stage, hasAnswered, outcome) => {
      for (const code of ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])
        expect(findingOf(failure(code), stage, hasAnswered).outcome).toBe(outcome)
    },
  )
})
