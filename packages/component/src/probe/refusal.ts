import { fileErrorCode } from '../identities/files/file-system.ts'
import { messageOf } from '../message-of.ts'
import { type Finding, found } from './finding.ts'

/** `reach`: on the way to the endpoint. `handshake`: TLS with it. `asked`: our request lies with it. */
export type Stage = 'reach' | 'handshake' | 'asked'

/** The alerts of TLS (RFC 8446, 6.2) by which a server says that it does not take a client's certificate. */
const certificateAlerts = new Set([
  'HANDSHAKE_FAILURE',
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
  'DECRYPT_ERROR',
  'CERTIFICATE_REQUIRED',
])

const hangUps = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/**
 * What a failed attempt means. A refusal is a word of the endpoint about this certificate, or that it hangs up once
 * it has seen it: AWS IoT ends a connection that it does not authorize without a CONNACK. With TLS 1.3 both come
 * after the handshake, for the client has finished it by then. Everything else says nothing about the identity: names that do
 * not resolve, proxies, time-outs, an endpoint that is not trusted.
 *
 * @param hasAnswered whether the endpoint has said anything in this connection
 */
export function findingOf(error: unknown, stage: Stage, hasAnswered: boolean): Finding {
  const code = fileErrorCode(error)
  const [, alert = ''] = /ALERT_(\w+)$/u.exec(code) ?? []
  if (stage !== 'reach' && certificateAlerts.has(alert)) {
    return found(
      'refused',
      `the endpoint ended TLS with the alert ${alert.toLowerCase().replaceAll('_', ' ')}`,
    )
  }
  if (hangUps.has(code) && (stage === 'asked' || (stage === 'handshake' && hasAnswered))) {
    return found('refused', hungUp)
  }
  return found('unreachable', code === 'ABORT_ERR' ? 'there was no answer in time' : messageOf(error))
}

export const hungUp = 'the endpoint hung up when it had seen the certificate'
