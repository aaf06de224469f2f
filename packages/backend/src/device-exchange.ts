import type { CertificateId } from '@rotator/protocol/ids'
import { isRetryable, type RejectionCode } from '@rotator/protocol/rejection-codes'
import type * as v from 'valibot'
import { describeError, failureKind } from './aws/failures.ts'
import type { Replies } from './aws/replies.ts'
import type { DecisionFields } from './decision-fields.ts'
import { type Addressee, type DeviceReplies, deviceReplies, type Refusal } from './device-replies.ts'
import { type Asker, readDeviceRequest } from './device-request.ts'
import type { Report, ReportLine } from './report.ts'

/** A request that was read, and who sent it. */
export interface Asked<T> extends Addressee {
  principal: CertificateId
  request: T
}

/** How an attempt to answer ended; what was to be said was said. */
export type Outcome = DecisionFields &
  /** How long the rotation took that came to its commit with this answer. */
  Pick<ReportLine, 'durationMs'> &
  (
    | { kind: 'accepted' }
    | { kind: 'rejected'; code: RejectionCode; problem?: string | undefined }
    /** Nothing may be said now; a device of version 1 may be answered a little later. */
    | { kind: 'silent' }
    /** The same request was answered before, and this device must not be answered twice. */
    | { kind: 'repeated' }
    /** The device was answered, and what follows from that failed; the sweep makes up for it. */
    | { kind: 'left-undone'; problem: string }
  )

export interface ExchangePorts {
  replies: Replies
  report: Report
  now: () => number
  pause: (ms: number) => Promise<void>
}

/** A device of version 1 waits 30 s for a reply: what could go better the next time is tried for so long. */
export const v1PatienceMs = 20_000
export const v1PauseMs = 2_000
/** By then it has given up, and asks for another execution: an answer would be taken for that one's. */
export const v1GivesUpMs = 30_000
/** How often what follows from the answer to a device of version 1 is tried. */
const v1Tries = 3

/**
 * One exchange with a device: reads the message, refuses what is none, and answers the rest.
 *
 * @param begin makes what attempts to answer; it is called again for as long as a reply may still come in time
 */
export async function answerDevice<S extends v.GenericSchema>(
  ports: ExchangePorts,
  kind: 'create' | 'commit',
  schema: S,
  event: unknown,
  begin: (asked: Asked<v.InferOutput<S>>, replies: DeviceReplies) => () => Promise<Outcome>,
): Promise<void> {
  const read = readDeviceRequest(schema, event)
  if (read.kind === 'nobody') {
    ports.report({ level: 'warn', event: `${kind}-dropped`, problem: read.problem })
    return
  }
  if (isTooLate(read, ports.now())) {
    const problem = 'the device, of version 1, has given up waiting'
    ports.report({ level: 'warn', event: `${kind}-dropped`, thingName: read.thing, problem })
    return
  }
  const replies = deviceReplies(ports.replies, kind)
  const { thing, echo } = read
  const outcome =
    read.kind === 'refused'
      ? await refuse(replies, read, read)
      : await patiently(ports, replies, read, begin(read, replies))
  const { jobId, executionNumber, certificateId } = echo
  ports.report({
    level: levels[outcome.kind],
    event: `${kind}-${outcome.kind}`,
    thingName: thing,
    jobId,
    executionNumber,
    certificateId,
    ...fieldsOf(outcome),
    durationMs: outcome.durationMs,
    ...('problem' in outcome && { problem: outcome.problem }),
    ...('code' in outcome && { code: outcome.code }),
  })
}

const levels: Readonly<Record<Outcome['kind'], ReportLine['level']>> = {
  accepted: 'info',
  rejected: 'warn',
  silent: 'info',
  repeated: 'info',
  'left-undone': 'error',
}

const fieldsOf = ({ from, to, row, passed }: Outcome): DecisionFields => ({ from, to, row, passed })

/** Rejects, and tells so. A device of version 1 takes every rejection as final, so it gets none that is not. */
export async function refuse(replies: DeviceReplies, to: Addressee, refusal: Refusal): Promise<Outcome> {
  if (to.version === 'v1' && isRetryable(refusal.code)) return { kind: 'silent' }
  await replies.reject(to, refusal)
  return { kind: 'rejected', code: refusal.code, problem: refusal.problem }
}

const isTooLate = ({ version, receivedAtMs }: Asker, nowMs: number): boolean =>
  version === 'v1' && receivedAtMs !== undefined && nowMs - receivedAtMs > v1GivesUpMs

/** The device was answered, but what follows from the answer was not carried out. */
export class LeftUndone extends Error {
  override name = 'LeftUndone'
}

/**
 * What follows from an answer. It failing is nothing that the device could ask again for: the event is handled again.
 *
 * But not that of a device of version 1, which must not be answered twice: here it is tried again at once.
 *
 * @throws LeftUndone
 */
export async function afterReply(
  { pause }: Pick<ExchangePorts, 'pause'>,
  { version }: Addressee,
  work: () => Promise<void>,
): Promise<void> {
  for (let triesLeft = version === 'v1' ? v1Tries : 1; ; triesLeft -= 1) {
    try {
      await work()
      return
    } catch (cause) {
      if (triesLeft === 1) {
        throw new LeftUndone(`the device was answered, and then: ${describeError(cause)}`, { cause })
      }
      await pause(v1PauseMs)
    }
  }
}

/**
 * A device of version 2 asks again by itself. One of version 1 does not, so patience is shown here; and its event must
 * not be handled again later, when its request may be taken for that of the job's next execution.
 */
async function patiently(
  ports: ExchangePorts,
  replies: DeviceReplies,
  to: Asker,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  const giveUpAtMs = (to.receivedAtMs ?? ports.now()) + v1PatienceMs
  for (;;) {
    const outcome = await attemptOnce(ports, replies, to, attempt)
    if (to.version === 'v2' || outcome.kind !== 'silent' || ports.now() >= giveUpAtMs) return outcome
    await ports.pause(v1PauseMs)
  }
}

async function attemptOnce(
  { report }: ExchangePorts,
  replies: DeviceReplies,
  to: Addressee,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await attempt()
  } catch (error) {
    const problem = describeError(error)
    const mayPass = failureKind(error) === 'again'
    if (to.version === 'v2' && !mayPass) throw error
    if (to.version === 'v2') return refuse(replies, to, { code: 'TRY_LATER', problem })
    if (error instanceof LeftUndone) return { kind: 'left-undone', problem }
    report({ level: 'error', event: 'attempt-failed', thingName: to.thing, problem })
    return { kind: 'silent' }
  }
}
