import type { CreateRequest } from '@rotator/protocol/messages/create'
import { csrDigest } from '@rotator/protocol/x509/csr'
import type { Issued } from '@rotator/rotation/record/create'
import { identityOf, type RotationRecord } from '@rotator/rotation/record/record'
import type { Execution } from '../aws/executions.ts'
import type { Registry } from '../aws/registry.ts'
import type { Asked } from '../device-exchange.ts'
import type { Refusal } from '../device-replies.ts'
import type { Issuer } from '../issuers/issuer.ts'
import { checkCsr, type IdentityDigest } from './csr-check.ts'
import { readPresentCertificate } from './present-certificate.ts'

export interface IssuePorts {
  registry: Pick<Registry, 'readCertificate'>
  issuer: Issuer
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
  { principal, request }: Asked<CreateRequest>,
  record: RotationRecord,
  execution: Execution | undefined,
): Promise<IssueResult> {
  const known = identityOf(record, principal) ?? (await describe(ports, principal, execution))
  if ('code' in known) return { ok: false, refusal: known }
  const verdict = checkCsr(request.csr, known)
  if (!verdict.ok) return { ok: false, refusal: { code: verdict.code, problem: verdict.problem } }
  const issued = await ports.issuer.issue({ csr: request.csr, token: csrDigest(request.csr) })
  if (issued.kind !== 'issued') {
    const code = issued.kind === 'busy' ? 'ISSUER_BUSY' : 'ISSUER_REFUSED'
    return { ok: false, refusal: { code, problem: issued.problem } }
  }
  const { certificateId, certificatePem } = issued
  const digests = {
    oldSubject: known.subjectDigest,
    oldKeyDigest: known.keyDigest,
    newKeyDigest: verdict.keyDigest,
  }
  return { ok: true, own: { newCertificateId: certificateId, digests, certificatePem } }
}

/** Asked of AWS IoT only where the record does not know the certificate from the rotation that made it. */
async function describe(
  { registry, now }: IssuePorts,
  principal: Asked<CreateRequest>['principal'],
  execution: Execution | undefined,
): Promise<IdentityDigest | Refusal> {
  const described = await registry.readCertificate(principal)
  if (described === undefined) return { code: 'NOT_ATTACHED', problem: 'the certificate does not exist' }
  const present = readPresentCertificate(described.pem)
  const neededSeconds = (execution?.secondsLeft ?? untimedSeconds) + marginSeconds
  if (present.notAfterMs < now() + neededSeconds * 1000) {
    const problem = `it ends at ${new Date(present.notAfterMs).toISOString()}`
    return { code: 'OLD_EXPIRES_TOO_SOON', problem }
  }
  return present
}
