import type { CertificateId } from '@rotator/protocol/ids'
import { type CreateRequest, createRequestSchema } from '@rotator/protocol/messages/create'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { recordIssued } from '@rotator/rotation/record/create'
import type { Decided, Issue, Say } from '@rotator/rotation/record/decision'
import type { CreateEvent } from '@rotator/rotation/record/events'
import type { RotationRecord } from '@rotator/rotation/record/record'
import { arbitrate, makeShadow, mostRaces, RacesLost, writeRecord } from '../arbitration.ts'
import type { Execution } from '../aws/executions.ts'
import { describeError, failureKind } from '../aws/failures.ts'
import type { Registry } from '../aws/registry.ts'
import { type ConsequencePorts, carryOut, queueForRetirement } from '../consequences.ts'
import { decisionFields } from '../decision-fields.ts'
import {
  type Asked,
  afterReply,
  answerDevice,
  type ExchangePorts,
  type Outcome,
  refuse,
} from '../device-exchange.ts'
import type { DeviceReplies, Refusal } from '../device-replies.ts'
import { isOtherJob, viewOf } from '../execution-view.ts'
import type { Issuer } from '../issuers/issuer.ts'
import { equip } from './equip.ts'
import { issue, type OwnCertificate } from './issue.ts'
import type { OwnCheck } from './own-check.ts'
import { isIssuedFor } from './present-certificate.ts'

export interface CreateDependencies extends ExchangePorts, ConsequencePorts {
  registry: Registry
  issuer: Issuer
  check?: OwnCheck | undefined
}

/** Handles a create: the device asks for a certificate, and the record decides whether it gets one, and which. */
export const createCertificate =
  (deps: CreateDependencies) =>
  (event: unknown): Promise<void> =>
    answerDevice(deps, 'create', createRequestSchema, event, (asked, replies) => {
      const { executionNumber } = asked.request
      const exchange: Exchange = {
        deps,
        asked,
        replies,
        executionNumber,
        own: undefined,
        isOwnRecorded: false,
        isAnswered: false,
      }
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
  /** Whether the record names what was issued, and whether the device has it. */
  isOwnRecorded: boolean
  isAnswered: boolean
}

async function attempt(exchange: Exchange): Promise<Outcome> {
  try {
    for (let race = 0; race < mostRaces; race += 1) {
      const outcome = await decideOnce(exchange)
      if (outcome !== 'lost') return outcome
    }
    throw new RacesLost(exchange.asked.thing)
  } catch (error) {
    // It may be recorded without this attempt knowing it; then the record protects it.
    await retireOwn(exchange)
    throw error
  }
}

async function decideOnce(exchange: Exchange): Promise<Outcome | 'lost'> {
  const { deps, asked, replies } = exchange
  const { thing, request } = asked
  // Before the record: what ends in between was still open for this decision.
  const execution = await deps.executions.read(thing, request.jobId, exchange.executionNumber)
  exchange.executionNumber ??= execution?.executionNumber
  if (isOtherJob(execution)) return refuse(replies, asked, { code: 'NOT_A_ROTATION' })
  const { record, decision, version: read } = await arbitrate(deps, thing, eventOf(exchange, execution))
  // Without a shadow the record could not be written once there is a certificate, so that comes first.
  const version = decision.kind === 'issue' ? (read ?? (await makeShadow(deps, thing))) : read
  if (version === 'lost') return 'lost'
  const decided = decision.kind === 'issue' ? await issueFor(exchange, execution, record, decision) : decision
  if ('code' in decided) return refuse(replies, asked, decided)
  const { next } = decided
  const written = next === undefined ? version : await writeRecord(deps, thing, version, next)
  if (written === 'lost') return 'lost'
  exchange.isOwnRecorded = isOwn(exchange, decided.say)
  if (decision.kind === 'issue') reportStart(exchange)
  // What lost its race for good goes; the winner's certificate is the answer.
  await retireOwn(exchange)
  const outcome = await say(exchange, decided.say)
  await afterReply(deps, asked, () => carryOut(deps, thing, decided, written))
  return { ...outcome, ...decisionFields(record, decided) }
}

/** Answers are repeated, and counted as often; a rotation starts once. */
function reportStart({ deps, asked, executionNumber }: Exchange): void {
  const { jobId } = asked.request
  deps.report({ level: 'info', event: 'rotation-started', thingName: asked.thing, jobId, executionNumber })
}

const isOwn = ({ own }: Exchange, what: Say): boolean =>
  what.kind === 'certificate' && what.certificateId === own?.newCertificateId

/** Queues what was issued for this request and has no place in the record, for when no repeat can be given it any more. */
async function retireOwn({ deps, asked, own, isOwnRecorded }: Exchange): Promise<void> {
  if (own === undefined || isOwnRecorded) return
  const retireDelaySeconds = Math.max(deps.retireDelaySeconds, deps.issuer.repeatsForSeconds)
  const ports = { ...deps, retireDelaySeconds }
  await queueForRetirement(ports, asked.thing, [own.newCertificateId], 'never-attached')
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

async function issueFor(
  exchange: Exchange,
  execution: Execution | undefined,
  record: RotationRecord,
  order: Issue,
): Promise<Decided | Refusal> {
  if (exchange.own === undefined) {
    const result = await issue(exchange.deps, exchange.asked, record, execution)
    if (!result.ok) return result.refusal
    exchange.own = result.own
  }
  return recordIssued(order, exchange.own)
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

async function giveCertificate(exchange: Exchange, certificateId: CertificateId): Promise<Outcome> {
  const { deps, asked, replies } = exchange
  const own = exchange.isOwnRecorded ? exchange.own : undefined
  const mayAnswer = asked.version === 'v2' || (own !== undefined && !exchange.isAnswered)
  if (!mayAnswer) return { kind: 'repeated' }
  const certificatePem = own?.certificatePem ?? (await deps.registry.readCertificate(certificateId))?.pem
  if (certificatePem === undefined) {
    const problem = `certificate ${certificateId} was issued for this request and is gone`
    return refuse(replies, asked, { code: 'ISSUER_REFUSED', problem })
  }
  // The record alone says so, and a device whose policy lets it can write its own.
  if (own === undefined && !isIssuedFor(certificatePem, asked.request.csr)) {
    const problem = `certificate ${certificateId} of the record is for another request`
    return refuse(replies, asked, { code: 'ISSUER_REFUSED', problem })
  }
  try {
    await equip(deps.registry, asked.thing, { from: asked.principal, to: certificateId })
  } catch (error) {
    if (failureKind(error) === 'again') throw error
    return refuse(replies, asked, { code: 'ISSUER_REFUSED', problem: describeError(error) })
  }
  await replies.accept(asked, { ...asked.echo, certificatePem, certificateId })
  exchange.isAnswered = true
  return { kind: 'accepted' }
}
