import { createHash, timingSafeEqual } from 'node:crypto'
import { Hash } from '@smithy/hash-node'
import { SignatureV4 } from '@smithy/signature-v4'
import type { ApiRequest } from '../api/api-request.ts'
import type { CredentialScope } from '../api/credential-scope.ts'
import type { HeldKey } from './credentials.ts'

/** Why a signature is not taken: it lacks what AWS wants signed, is of another time, or is another one. */
export type SignatureFault =
  | { kind: 'incomplete'; lacks: string }
  | { kind: 'skewed'; signedAt: string; bounds: string; isLate: boolean }
  | { kind: 'different' }

const mostSkewMs = 5 * 60 * 1000
const dateHeader = 'x-amz-date'
const payloadHeader = 'x-amz-content-sha256'

/**
 * Verifies Signature Version 4: the caller must have signed this method, path, query, body and these headers with the
 * secret of the key, within five minutes of now. Header and query of `x-amz-*` may not be left out of it.
 *
 * Source: IAM User Guide, "Create a signed AWS API request". Presigned requests are not in this cloud.
 */
export async function signatureFault(
  request: ApiRequest,
  scope: CredentialScope,
  key: Omit<HeldKey, 'isExpired'>,
  nowMs: number,
): Promise<SignatureFault | undefined> {
  const unsigned = unsignedOf(request, scope.signedHeaders)
  if (unsigned !== undefined) return { kind: 'incomplete', lacks: unsigned }
  const signedAt = String(request.headers[dateHeader])
  const signedAtMs = timeOf(signedAt)
  if (Number.isNaN(signedAtMs)) return { kind: 'incomplete', lacks: dateHeader }
  if (Math.abs(signedAtMs - nowMs) > mostSkewMs) return skewed(signedAt, signedAtMs, nowMs)
  // The key for a day signs nothing of another day.
  if (!signedAt.startsWith(scope.date)) return { kind: 'different' }
  const expected = Buffer.from(await expectedSignature(request, scope, key, signedAtMs))
  const given = Buffer.from(scope.signature)
  const isSame = expected.length === given.length && timingSafeEqual(expected, given)
  return isSame ? undefined : { kind: 'different' }
}

/** The first header that must be signed and is not. */
function unsignedOf({ headers }: ApiRequest, signed: readonly string[]): string | undefined {
  const needed = ['host', dateHeader, ...Object.keys(headers).filter(name => name.startsWith('x-amz-'))]
  return needed.find(name => !signed.includes(name) || headers[name] === undefined)
}

function skewed(signedAt: string, signedAtMs: number, nowMs: number): SignatureFault {
  const isLate = signedAtMs < nowMs
  const bound = basicTime(nowMs + (isLate ? -mostSkewMs : mostSkewMs))
  const sign = isLate ? '-' : '+'
  return { kind: 'skewed', signedAt, bounds: `${bound} (${basicTime(nowMs)} ${sign} 5 min.)`, isLate }
}

/** `20260101T000000Z` */
const basicTime = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** Milliseconds since the epoch, or NaN. */
function timeOf(basic: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(basic) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

async function expectedSignature(
  { method, url, headers, body }: ApiRequest,
  { accessKeyId, region, signingName, signedHeaders }: CredentialScope,
  { secretAccessKey, sessionToken }: Omit<HeldKey, 'isExpired'>,
  signedAtMs: number,
): Promise<string> {
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    region,
    service: signingName,
    sha256: Hash.bind(null, 'sha256'),
    applyChecksum: false,
  })
  const named = signedHeaders.map(name => [name, String(headers[name] ?? '')] as const)
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: 'localhost',
      ...pathAndQuery(url),
      // What the client says of its body is not believed: the hash of what has come is signed.
      headers: {
        ...Object.fromEntries(named),
        [payloadHeader]: createHash('sha256').update(body).digest('hex'),
      },
    },
    {
      signingDate: new Date(signedAtMs),
      signableHeaders: new Set(signedHeaders),
      ...(!signedHeaders.includes(payloadHeader) && { unsignableHeaders: new Set([payloadHeader]) }),
    },
  )
  return /Signature=([\da-f]+)/.exec(signed.headers['authorization'] ?? '')?.[1] ?? ''
}

function pathAndQuery(url: string): { path: string; query: Record<string, string[]> } {
  const at = url.indexOf('?')
  if (at < 0) return { path: url, query: {} }
  const query: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(url.slice(at + 1)))
    query[name] = [...(query[name] ?? []), value]
  return { path: url.slice(0, at), query }
}
