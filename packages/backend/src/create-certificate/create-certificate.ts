import type { CertificateId } from '@rotator/protocol/ids'
import { type CreateRequest, createRequestSchema } from '@rotator/protocol/messages/create'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { recordIssued } from '@rotator/rotation/record/create'
import type { Decided, Issue, Say } from '@rotator/rotation/record/decision'
import type { CreateEvent } from '@rotator/rotation/record/events'
import { type Arbitration, arbitrate, mostRaces, RacesLost, writeRecord } from '../arbitration.ts'
import type { Execution } from '../aws/executions.ts'
import { describeError, failureKind } from '../aws/failures.ts'
import type { Registry } from '../aws/registry.ts'
import { type ConsequencePorts, carryOut, queueForRetirement } from '../consequences.ts'
import { type Asked, answerDevice, type ExchangePorts, type Outcome, refuse } from '../device-exchange.ts'
import type { DeviceReplies, Refusal } from '../device-replies.ts'
import { isOtherJob, viewOf } from '../execution-view.ts'
import type { Issuer } from '../issuers/issuer.ts'
import { equip } from './equip.ts'
import { issue, type OwnCertificate } from './issue.ts'

export interface CreateDependencies extends ExchangePorts, ConsequencePorts {
  registry: Registry
  issuer: Issuer
}

/** Handles a create: the device asks for a certificate, and the record decides whether it gets one, and which. */
export const createCertificate =
  (deps: CreateDependencies) =>
  (event: unknown): Promise<void> =>
    answerDevice(deps, 'create', createRequestSchema, event, (asked, replies) => {
      const { executionNumber } = asked.request
      const exchange: Exchange = { deps, asked, replies, executionNumber, own: undefined }
      return () => attempt(exchange)
    })

/** One device's request, over as many attempts as it takes. */
interface Exchange {
  deps: CreateDependencies
  asked: Asked<CreateRequest>
  replies: DeviceReplies
  /** A device of version 1 does not say it; the first attempt finds it out for all. */
  executionNumber: number | undefined
  /** What was issued for this request. It serves every attempt, so that a lost race costs no second one. */
  own: OwnCertificate | undefined
}

async function attempt(exchange: Exchange): Promise<Outcome> {
  const { deps, asked, replies } = exchange
  const { thing, request } = asked
  // Before the record: what ends in between was still open for this decision.
  const execution = await deps.executions.read(thing, request.jobId, exchange.executionNumber)
  exchange.executionNumber ??= execution?.executionNumber
  if (isOtherJob(execution)) return refuse(replies, asked, { code: 'NOT_A_ROTATION' })
  for (let race = 0; race < mostRaces; race += 1) {
    const outcome = await decideOnce(exchange, execution)
    if (outcome !== 'lost') return outcome
  }
  throw new RacesLost(thing)
}

async function decideOnce(exchange: Exchange, execution: Execution | undefined): Promise<Outcome | 'lost'> {
  const { deps, asked, replies } = exchange
  const { record, decision, version } = await arbitrate(deps, asked.thing, eventOf(exchange, execution))
  const decided =
    decision.kind === 'issue' ? await issueFor(exchange, execution, { record, decision, version }) : decision
  if (decided === 'lost') return 'lost'
  if ('code' in decided) return refuse(replies, asked, decided)
  const written = await write(exchange, version, decided)
  if (written === 'lost') return 'lost'
  await retireUnused(exchange, decided.say)
  const outcome = await say(exchange, decided.say)
  await carryOut(deps, asked.thing, decided, written)
  return { ...outcome, from: record.progress, to: decided.next?.progress }
}

function eventOf({ asked, executionNumber }: Exchange, execution: Execution | undefined): CreateEvent {
  const { principal, version, request } = asked
  return {
    kind: 'create',
    principal,
    version,
    execution: { jobId: request.jobId, executionNumber },
    view: viewOf(execution),
    csrDigest: csrDigest(request.csr),
  }
}

/** Without a shadow the record could not be written afterwards, so that comes first. */
async function issueFor(
  exchange: Exchange,
  execution: Execution | undefined,
  { record, decision, version }: Arbitration & { decision: Issue },
): Promise<Decided | Refusal | 'lost'> {
  const { deps, asked } = exchange
  if (version === undefined) {
    await deps.records.mark(asked.thing)
    return 'lost'
  }
  if (exchange.own === undefined) {
    const result = await issue(deps, asked, record, execution)
    if (!result.ok) return result.refusal
    exchange.own = result.own
  }
  return recordIssued(decision, exchange.own)
}

async function write(
  { deps, asked, own }: Exchange,
  version: number | undefined,
  { next }: Decided,
): Promise<number | undefined | 'lost'> {
  if (next === undefined) return version
  try {
    return await writeRecord(deps, asked.thing, version, next)
  } catch (error) {
    // Whether it was written is not known. If it was, the record protects what is queued here.
    if (own !== undefined) {
      await queueForRetirement(deps, asked.thing, [own.newCertificateId], 'never-attached')
    }
    throw error
  }
}

/** What was issued and then lost its race for good goes; the winner's certificate is the answer. */
async function retireUnused({ deps, asked, own }: Exchange, what: Say): Promise<void> {
  if (own === undefined) return
  const isAnswer = what.kind === 'certificate' && what.certificateId === own.newCertificateId
  if (!isAnswer) await queueForRetirement(deps, asked.thing, [own.newCertificateId], 'never-attached')
}

async function say(exchange: Exchange, what: Say): Promise<Outcome> {
  switch (what.kind) {
    case 'certificate':
      return giveCertificate(exchange, what.certificateId)
    case 'rejected':
      return refuse(exchange.replies, exchange.asked, what)
    default:
      return { kind: 'silent' }
  }
}

async function giveCertificate(
  { deps, asked, replies, own }: Exchange,
  certificateId: CertificateId,
): Promise<Outcome> {
  const isOwn = own?.newCertificateId === certificateId
  if (asked.version === 'v1' && !isOwn) return { kind: 'repeated' }
  const certificatePem = isOwn
    ? own.certificatePem
    : (await deps.registry.readCertificate(certificateId))?.pem
  if (certificatePem === undefined) {
    const problem = `certificate ${certificateId} was issued for this request and is gone`
    return refuse(replies, asked, { code: 'ISSUER_REFUSED', problem })
  }
  try {
    await equip(deps.registry, asked.thing, { from: asked.principal, to: certificateId })
  } catch (error) {
    if (failureKind(error) === 'again') throw error
    return refuse(replies, asked, { code: 'ISSUER_REFUSED', problem: describeError(error) })
  }
  await replies.accept(asked, { ...asked.echo, certificatePem, certificateId })
  return { kind: 'accepted' }
}
