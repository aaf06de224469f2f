import { createHash } from 'node:crypto'
import type { IoTClient } from '@aws-sdk/client-iot'
import { firstCertificate } from '@rotator/protocol/x509/certificate'
import type { PemBlock } from '@rotator/protocol/x509/pem'
import * as v from 'valibot'
import { describeError, failureKind, isNamed } from '../aws/failures.ts'
import type { IssueRequest, Issuer, Issuing } from './issuer.ts'
import type { PrivateCa } from './private-ca.ts'
import { type AuthorityState, diagnose } from './private-ca-diagnosis.ts'
import type { PrivateCaSettings } from './private-ca-settings.ts'
import { register } from './register.ts'

export interface PrivateCaPorts {
  pca: PrivateCa
  iot: IoTClient
  settings: PrivateCaSettings
  /** Milliseconds since 1970. */
  now: () => number
  pause: (ms: number) => Promise<void>
}

/**
 * A token stands for its request for five minutes. A repeat that came just before their end has its own time to
 * register and record what it was given.
 */
const repeatsForSeconds = 420
/**
 * An authority issues within a second or so. Whoever waits longer is told to ask again, and the token brings the same
 * certificate; a device of version 1, which waits for 30 s in all, is served by two attempts.
 */
export const mostWaitingMs = 10_000
/**
 * No call begins later after the first one. With the two tries of each it is over in three quarters of the minute that the
 * function has, so that the device is answered.
 */
export const mostIssuingMs = 30_000
const firstPauseMs = 250
const longestPauseMs = 1_000
/** How often in a row an authority says that it failed before what was ordered is given up. */
const mostFailures = 3
/** Characters. */
const tokenLength = 36

/**
 * An authority of AWS Private CA. What it issues is registered in AWS IoT by itself: the authority need not be known
 * there.
 */
export function privateCaIssuer(ports: PrivateCaPorts): Issuer {
  return {
    repeatsForSeconds,
    async issue(request) {
      const endsAtMs = ports.now() + mostIssuingMs
      let ordered: Ordered
      try {
        ordered = await issueLeaf(ports, request, endsAtMs)
      } catch (error) {
        return ports.now() < endsAtMs ? refusalOf(ports, error) : outOfTime
      }
      if (ports.now() >= endsAtMs) return outOfTime
      if (typeof ordered === 'string') return { kind: 'busy', problem: problems[ordered] }
      return register(ports.iot, ordered, 'AWS Private CA')
    },
  }
}

/** What comes of an order: the certificate, or that the authority is still at it, or that it will never be done. */
type Ordered = PemBlock | 'in-progress' | 'failed'

const problems = {
  'in-progress': `AWS Private CA: not issued within ${mostWaitingMs / 1000} s`,
  failed: 'AWS Private CA: RequestFailedException for what was ordered, twice',
}
const outOfTime: Issuing = {
  kind: 'busy',
  problem: `AWS Private CA and AWS IoT: not done within ${mostIssuingMs / 1000} s`,
}

/**
 * An order that has failed stays failed for as long as its token is known, so it is placed once more with another one:
 * always the same other one, for repeats to be given what that brought.
 */
async function issueLeaf(ports: PrivateCaPorts, request: IssueRequest, endsAtMs: number): Promise<Ordered> {
  const ordered = await waitFor(
    ports,
    await order(ports, tokenOf(request, ports.settings, 0), request),
    endsAtMs,
  )
  if (ordered !== 'failed' || ports.now() >= endsAtMs) return ordered
  return waitFor(ports, await order(ports, tokenOf(request, ports.settings, 1), request), endsAtMs)
}

function order(
  { pca, settings }: PrivateCaPorts,
  idempotencyToken: string,
  { csr }: IssueRequest,
): Promise<string | undefined> {
  const { authorityArn, signingAlgorithm, validityDays } = settings
  const [, partition] = authorityArn.split(':')
  return pca.order({
    csr,
    signingAlgorithm,
    // AWS's default, named so that the function's role can be allowed this one alone.
    templateArn: `arn:${partition}:acm-pca:::template/EndEntityCertificate/V1`,
    validityDays,
    idempotencyToken,
  })
}

/** Another setting is another request: what AWS would make of its token is not documented. */
function tokenOf({ token }: IssueRequest, settings: PrivateCaSettings, orderNumber: 0 | 1): string {
  const { authorityArn, signingAlgorithm, validityDays } = settings
  const text = JSON.stringify([token, authorityArn, signingAlgorithm, validityDays, orderNumber])
  return createHash('sha256').update(text).digest('hex').slice(0, tokenLength)
}

async function waitFor(
  { pca, now, pause }: PrivateCaPorts,
  certificateArn: string | undefined,
  endsAtMs: number,
): Promise<Ordered> {
  const giveUpAtMs = Math.min(now() + mostWaitingMs, endsAtMs)
  let failures = 0
  for (let pauseMs = firstPauseMs; now() < giveUpAtMs; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    await pause(pauseMs)
    const ordered = await fetchLeaf(pca, certificateArn)
    failures = ordered === 'failed' ? failures + 1 : 0
    if (typeof ordered !== 'string' || failures === mostFailures) return ordered
  }
  return 'in-progress'
}

async function fetchLeaf(pca: PrivateCa, certificateArn: string | undefined): Promise<Ordered> {
  try {
    const leaf = firstCertificate((await pca.fetch(certificateArn)) ?? '')
    if (leaf === undefined) throw new Error(`${certificateArn} was answered without a certificate`)
    return leaf
  } catch (error) {
    // What was ordered just now need not be known everywhere yet.
    if (isNamed(error, 'RequestInProgressException', 'ResourceNotFoundException')) return 'in-progress'
    if (isNamed(error, 'RequestFailedException')) return 'failed'
    throw error
  }
}

async function refusalOf(ports: PrivateCaPorts, error: unknown): Promise<Issuing> {
  const problem = `AWS Private CA: ${describeError(error)}`
  // By its documentation, RequestFailedException is the network or the service, and is to be tried again.
  if (failureKind(error) === 'again' || isNamed(error, 'RequestFailedException')) {
    return { kind: 'busy', problem }
  }
  // What is wrong comes first: a device keeps only the beginning of a long reason.
  const { code, because } = diagnose(error, await readAuthority(ports), ports.settings, ports.now())
  return { kind: 'refused', code, problem: because === undefined ? problem : `${because}; ${problem}` }
}

const authoritySchema = v.object({
  Status: v.string(),
  NotAfter: v.optional(v.date()),
  UsageMode: v.optional(v.string()),
  CertificateAuthorityConfiguration: v.object({ KeyAlgorithm: v.string() }),
})

async function readAuthority({ pca }: PrivateCaPorts): Promise<AuthorityState | 'gone' | undefined> {
  try {
    const authority = v.parse(authoritySchema, await pca.describe())
    return {
      status: authority.Status,
      keyAlgorithm: authority.CertificateAuthorityConfiguration.KeyAlgorithm,
      isShortLived: authority.UsageMode === 'SHORT_LIVED_CERTIFICATE',
      notAfterMs: authority.NotAfter?.getTime(),
    }
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return 'gone'
    // The error that is being explained says more than this one.
    return undefined
  }
}
