import type { CertificateId } from '@rotator/protocol/ids'
import { isRetryable, type RejectionCode } from '@rotator/protocol/rejection-codes'
import type * as v from 'valibot'
import { describeError, failureKind } from './aws/failures.ts'
import type { Replies } from './aws/replies.ts'
import type { DecisionFields } from './decision-fields.ts'
import { type Addressee, type DeviceReplies, deviceReplies, type Refusal } from './device-replies.ts'
import { readDeviceRequest } from './device-request.ts'
import type { Report } from './report.ts'

/** A request that was read, and who sent it. */
export interface Asked<T> extends Addressee {
  principal: CertificateId
  request: T
}

/** How an attempt to answer ended; what was to be said was said. */
export type Outcome = DecisionFields &
  (
    | { kind: 'accepted' }
    | { kind: 'rejected'; code: RejectionCode; problem?: string | undefined }
    /** Nothing may be said now; a device of version 1 may be answered a little later. */
    | { kind: 'silent' }
    /** The same request was answered before, and this device must not be answered twice. */
    | { kind: 'repeated' }
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
  const replies = deviceReplies(ports.replies, kind)
  const { thing, echo } = read
  const outcome =
    read.kind === 'refused'
      ? await refuse(replies, read, read)
      : await patiently(ports, replies, read, begin(read, replies))
  const { jobId, executionNumber, certificateId } = echo
  ports.report({
    level: outcome.kind === 'rejected' ? 'warn' : 'info',
    event: `${kind}-${outcome.kind}`,
    thingName: thing,
    jobId,
    executionNumber,
    certificateId,
    ...fieldsOf(outcome),
    ...(outcome.kind === 'rejected' && { code: outcome.code, problem: outcome.problem }),
  })
}

const fieldsOf = ({ from, to, row, passed }: Outcome): DecisionFields => ({ from, to, row, passed })

/** Rejects, and tells so. A device of version 1 takes every rejection as final, so it gets none that is not. */
export async function refuse(replies: DeviceReplies, to: Addressee, refusal: Refusal): Promise<Outcome> {
  if (to.version === 'v1' && isRetryable(refusal.code)) return { kind: 'silent' }
  await replies.reject(to, refusal)
  return { kind: 'rejected', code: refusal.code, problem: refusal.problem }
}

/** The device was answered, but what follows from the answer was not carried out. */
export class LeftUndone extends Error {
  override name = 'LeftUndone'
}

/**
 * What follows from an answer. It failing is nothing that the device could ask again for: the event is handled again.
 *
 * @throws LeftUndone
 */
export async function afterReply(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw new LeftUndone(`the device was answered, and then: ${describeError(cause)}`, { cause })
  }
}

/**
 * A device of version 2 asks again by itself. One of version 1 does not, so patience is shown here; and its event must
 * not be handled again later, when its request may be taken for that of the job's next execution.
 */
async function patiently(
  ports: ExchangePorts,
  replies: DeviceReplies,
  to: Addressee,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  const giveUpAtMs = ports.now() + v1PatienceMs
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
    report({ level: 'error', event: 'attempt-failed', thingName: to.thing, problem })
    return { kind: 'silent' }
  }
}
