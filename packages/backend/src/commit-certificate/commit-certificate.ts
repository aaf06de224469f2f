import { type CommitRequest, commitRequestSchema } from '@rotator/protocol/messages/commit'
import type { Say } from '@rotator/rotation/record/decision'
import type { CommitEvent } from '@rotator/rotation/record/events'
import { decideAndWrite, type Standing } from '../arbitration.ts'
import type { Execution } from '../aws/executions.ts'
import { type ConsequencePorts, carryOut } from '../consequences.ts'
import { decisionFields } from '../decision-fields.ts'
import {
  type Asked,
  afterReply,
  answerDevice,
  type ExchangePorts,
  type Outcome,
  refuse,
} from '../device-exchange.ts'
import type { DeviceReplies } from '../device-replies.ts'
import { isOtherJob, viewOf } from '../execution-view.ts'

export type CommitDependencies = ExchangePorts & ConsequencePorts

/** Handles a commit: the device says over which certificate it is connected, and the record decides what stays. */
export const commitCertificate =
  (deps: CommitDependencies) =>
  (event: unknown): Promise<void> =>
    answerDevice(deps, 'commit', commitRequestSchema, event, (asked, replies) =>
      attempts(deps, asked, replies),
    )

function attempts(
  deps: CommitDependencies,
  asked: Asked<CommitRequest>,
  replies: DeviceReplies,
): () => Promise<Outcome> {
  const { thing, request } = asked
  let { executionNumber } = request
  return async () => {
    const readExecution = () => deps.executions.read(thing, request.jobId, executionNumber)
    // Before the record: what ends in between was still open for this decision.
    const first = await readExecution()
    executionNumber ??= first?.executionNumber
    if (isOtherJob(first)) return refuse(replies, asked, { code: 'NOT_A_ROTATION' })
    const { record, decision, version } = await decideAndWrite(deps, thing, async race =>
      eventOf(asked, race === 0 ? first : await readExecution(), executionNumber),
    )
    const outcome = await say(replies, asked, decision.say)
    await afterReply(deps, asked, () => carryOut(deps, thing, decision, version))
    const durationMs = durationOf(deps.now(), first, record, decision)
    return { ...outcome, ...decisionFields(record, decision), durationMs }
  }
}

/** @returns undefined for a commit that decides nothing new, and where AWS IoT Jobs does not say when it all began */
function durationOf(
  nowMs: number,
  execution: Execution | undefined,
  { progress }: Standing['record'],
  { next }: Standing['decision'],
): number | undefined {
  if (progress !== 'created' || next?.progress !== 'committed') return undefined
  return execution?.startedAtMs === undefined ? undefined : nowMs - execution.startedAtMs
}

const eventOf = (
  { principal, version, request }: Asked<CommitRequest>,
  execution: Execution | undefined,
  executionNumber: number | undefined,
): CommitEvent => ({
  kind: 'commit',
  principal,
  version,
  execution: { jobId: request.jobId, executionNumber },
  view: viewOf(execution),
  certificateId: request.certificateId,
  turn: request.turn ?? 0,
  confirmed: request.confirmed ?? false,
  alone: request.alone ?? false,
})

async function say(replies: DeviceReplies, to: Asked<CommitRequest>, what: Say): Promise<Outcome> {
  switch (what.kind) {
    case 'accepted': {
      const { certificateId, confirmed } = what
      await replies.accept(to, { ...to.echo, certificateId, ...(confirmed && { confirmed }) })
      return { kind: 'accepted' }
    }
    case 'rejected':
      return refuse(replies, to, what)
    default:
      return { kind: 'silent' }
  }
}
