import { createHash } from 'node:crypto'
import type { CreateRequest } from '@rotator/protocol/messages/create'
import { csrDigest } from '@rotator/protocol/x509/csr'
import type { Issued } from '@rotator/rotation/record/create'
import { identityOf, type RotationRecord } from '@rotator/rotation/record/record'
import type { Execution } from '../aws/executions.ts'
import type { Registry } from '../aws/registry.ts'
import type { Asked } from '../device-exchange.ts'
import type { Refusal } from '../device-replies.ts'
import type { Issuer } from '../issuers/issuer.ts'
import { checkCsr } from './csr-check.ts'
import type { CheckQuestion, OwnCheck } from './own-check.ts'
import { type PresentCertificate, readNotAfter, readPresentCertificate } from './present-certificate.ts'

export interface IssuePorts {
  registry: Pick<Registry, 'readCertificate'>
  issuer: Issuer
  /** The operators' own, where they have one. */
  check?: OwnCheck | undefined
  now: () => number
}

/** A certificate just issued: what the record wants to know, and its text. */
export type OwnCertificate = Issued & { certificatePem: string }

export type IssueResult = { ok: true; own: OwnCertificate } | { ok: false; refusal: Refusal }

/** How much longer than the rotation OLD must last, and how long a rotation without a timer may take. */
const marginSeconds = 60
const untimedSeconds = 3_600

/** Compares the request with the certificate that it came over, and has it issued. */
export async function issue(
  ports: IssuePorts,
  asked: Asked<CreateRequest>,
  record: RotationRecord,
  execution: Execution | undefined,
): Promise<IssueResult> {
  const { principal, request } = asked
  const known = identityOf(record, principal) ?? (await describe(ports, principal))
  if ('code' in known) return { ok: false, refusal: known }
  const neededSeconds = (execution?.secondsLeft ?? untimedSeconds) + marginSeconds
  if (known.notAfterMs < ports.now() + neededSeconds * 1000) {
    const problem = `it ends at ${new Date(known.notAfterMs).toISOString()}`
    return { ok: false, refusal: { code: 'OLD_EXPIRES_TOO_SOON', problem } }
  }
  const verdict = checkCsr(request.csr, known)
  if (!verdict.ok) return { ok: false, refusal: { code: verdict.code, problem: verdict.problem } }
  const refusal = await ports.check?.(questionOf(asked, execution))
  if (refusal !== undefined) return { ok: false, refusal }
  const token = tokenOf(asked, execution)
  const issued = await ports.issuer.issue({ thingName: asked.thing, csr: request.csr, token })
  if (issued.kind !== 'issued') {
    const code = issued.kind === 'busy' ? 'ISSUER_BUSY' : issued.code
    return { ok: false, refusal: { code, problem: issued.problem } }
  }
  const { certificateId, certificatePem } = issued
  const identities = {
    oldSubject: known.subjectDigest,
    oldKeyDigest: known.keyDigest,
    newKeyDigest: verdict.keyDigest,
    oldNotAfterMs: known.notAfterMs,
    newNotAfterMs: readNotAfter(certificatePem),
  }
  return { ok: true, own: { newCertificateId: certificateId, identities, certificatePem } }
}

const questionOf = (
  { thing, principal, request }: Asked<CreateRequest>,
  execution: Execution | undefined,
): CheckQuestion => ({
  thingName: thing,
  jobId: request.jobId,
  executionNumber: execution?.executionNumber,
  certificateId: principal,
  csr: request.csr,
})

/**
 * The request alone would not do: two things that send the same one, or one thing in two rotations, must never be given
 * the same certificate, since that of one would go with that of the other.
 */
function tokenOf({ thing, request }: Asked<CreateRequest>, execution: Execution | undefined): string {
  const parts = [thing, request.jobId, execution?.executionNumber, csrDigest(request.csr)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Asked of AWS IoT only where the record does not know the certificate from the rotation that made it. */
async function describe(
  { registry }: IssuePorts,
  principal: Asked<CreateRequest>['principal'],
): Promise<PresentCertificate | Refusal> {
  const described = await registry.readCertificate(principal)
  if (described === undefined) return { code: 'NOT_ATTACHED', problem: 'the certificate does not exist' }
  return readPresentCertificate(described.pem)
}
