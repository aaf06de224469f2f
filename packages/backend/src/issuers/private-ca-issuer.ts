import { createHash } from 'node:crypto'
import { type IoTClient, RegisterCertificateWithoutCACommand } from '@aws-sdk/client-iot'
import { certificateIdSchema } from '@rotator/protocol/ids'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import type { PemBlock } from '@rotator/protocol/x509/pem'
import * as v from 'valibot'
import { describeError, failureKind, isNamed } from '../aws/failures.ts'
import type { IssueRequest, Issuer, Issuing } from './issuer.ts'
import type { PrivateCa } from './private-ca.ts'
import { type AuthorityState, diagnose } from './private-ca-diagnosis.ts'
import type { PrivateCaSettings } from './private-ca-settings.ts'

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
const firstPauseMs = 250
const longestPauseMs = 1_000
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
      let leaf: PemBlock | undefined
      try {
        leaf = await issueLeaf(ports, request)
      } catch (error) {
        return refusalOf(ports, error)
      }
      if (leaf === undefined) {
        const problem = `AWS Private CA: not issued within ${mostWaitingMs / 1000} s`
        return { kind: 'busy', problem }
      }
      return register(ports.iot, leaf)
    },
  }
}

/** @returns undefined where the authority is still at it */
async function issueLeaf(ports: PrivateCaPorts, request: IssueRequest): Promise<PemBlock | undefined> {
  const { pca, settings, now, pause } = ports
  const { authorityArn, signingAlgorithm, validityDays } = settings
  const [, partition] = authorityArn.split(':')
  const certificateArn = await pca.order({
    csr: request.csr,
    signingAlgorithm,
    // AWS's default, named so that the function's role can be allowed this one alone.
    templateArn: `arn:${partition}:acm-pca:::template/EndEntityCertificate/V1`,
    validityDays,
    idempotencyToken: tokenOf(request, settings),
  })
  const giveUpAtMs = now() + mostWaitingMs
  for (let pauseMs = firstPauseMs; now() < giveUpAtMs; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    await pause(pauseMs)
    const leaf = await fetchLeaf(pca, certificateArn)
    if (leaf !== undefined) return leaf
  }
  return undefined
}

/** Another setting is another request: what AWS would make of its token is not documented. */
function tokenOf({ token }: IssueRequest, settings: PrivateCaSettings): string {
  const { authorityArn, signingAlgorithm, validityDays } = settings
  const text = JSON.stringify([token, authorityArn, signingAlgorithm, validityDays])
  return createHash('sha256').update(text).digest('hex').slice(0, tokenLength)
}

async function fetchLeaf(pca: PrivateCa, certificateArn: string | undefined): Promise<PemBlock | undefined> {
  try {
    const leaf = firstCertificate((await pca.fetch(certificateArn)) ?? '')
    if (leaf === undefined) throw new Error(`${certificateArn} was answered without a certificate`)
    return leaf
  } catch (error) {
    if (isNamed(error, 'RequestInProgressException')) return undefined
    throw error
  }
}

async function register(iot: IoTClient, { text: certificatePem, der }: PemBlock): Promise<Issuing> {
  try {
    const answer = await iot.send(
      new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }),
    )
    return {
      kind: 'issued',
      certificatePem,
      certificateId: v.parse(certificateIdSchema, answer.certificateId),
    }
  } catch (error) {
    // A function that died, or one at the same moment, was given the same certificate.
    if (isNamed(error, 'ResourceAlreadyExistsException')) {
      return { kind: 'issued', certificatePem, certificateId: certificateId(der) }
    }
    const problem = `AWS IoT, which was to register what AWS Private CA issued: ${describeError(error)}`
    if (failureKind(error) === 'again') return { kind: 'busy', problem }
    return { kind: 'refused', code: 'ISSUER_REFUSED', problem }
  }
}

async function refusalOf(ports: PrivateCaPorts, error: unknown): Promise<Issuing> {
  const problem = `AWS Private CA: ${describeError(error)}`
  // By its documentation, RequestFailedException is the network or the service, and is to be tried again.
  if (failureKind(error) === 'again' || isNamed(error, 'RequestFailedException')) {
    return { kind: 'busy', problem }
  }
  const { code, because } = diagnose(error, await readAuthority(ports), ports.settings, ports.now())
  return { kind: 'refused', code, problem: because === undefined ? problem : `${problem}; ${because}` }
}

const authoritySchema = v.object({
  Status: v.string(),
  NotAfter: v.optional(v.date()),
  UsageMode: v.optional(v.string()),
  CertificateAuthorityConfiguration: v.object({ KeyAlgorithm: v.string() }),
})

async function readAuthority({ pca }: PrivateCaPorts): Promise<AuthorityState | undefined> {
  try {
    const authority = v.parse(authoritySchema, await pca.describe())
    return {
      status: authority.Status,
      keyAlgorithm: authority.CertificateAuthorityConfiguration.KeyAlgorithm,
      isShortLived: authority.UsageMode === 'SHORT_LIVED_CERTIFICATE',
      notAfterMs: authority.NotAfter?.getTime(),
    }
  } catch {
    // The error that is being explained says more than this one.
    return undefined
  }
}
