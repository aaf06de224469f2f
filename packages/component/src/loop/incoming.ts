import type { ThingName } from '@rotator/protocol/ids'
import { commitAcceptedSchema } from '@rotator/protocol/messages/commit'
import { createAcceptedSchema } from '@rotator/protocol/messages/create'
import { jobRejectedSchema, nextExecutionSchema, updateAcceptedSchema } from '@rotator/protocol/messages/jobs'
import { rejectedSchema } from '@rotator/protocol/messages/rejected'
import { type Parsed, parseJsonWith } from '@rotator/protocol/parsed'
import { type Incoming, readTopic } from '@rotator/protocol/topics'
import type { Configured, Message } from '@rotator/rotation/device/events'
import type * as v from 'valibot'

/** AWS IoT carries no longer message, in characters. */
const longestPayload = 128 * 1024

/**
 * Reads a message that arrived for this component.
 *
 * @returns undefined for one that says nothing to us, and a problem for one that is not what its topic promises.
 */
export function readMessage(
  thing: ThingName,
  topic: string,
  payload: string,
  configured: Configured,
): Parsed<Message | undefined> {
  if (payload.length > longestPayload) return { ok: false, problem: 'longer than any message' }
  const incoming = readTopic(thing, topic)
  if (incoming === undefined) return { ok: false, problem: 'a topic that was not subscribed to' }
  switch (incoming.kind) {
    case 'notify-next':
      return nextJob(payload, configured)
    case 'job-get':
      return incoming.jobId === '$next'
        ? next(incoming, payload, configured)
        : described(incoming, payload, configured)
    case 'job-update':
      return updated(incoming, payload)
    case 'create':
      return incoming.accepted
        ? read(createAcceptedSchema, payload, reply => ({ kind: 'create-accepted', reply }))
        : read(rejectedSchema, payload, reply => ({ kind: 'create-rejected', reply }))
    case 'commit':
      return incoming.accepted
        ? read(commitAcceptedSchema, payload, reply => ({ kind: 'commit-accepted', reply }))
        : read(rejectedSchema, payload, reply => ({ kind: 'commit-rejected', reply }))
  }
}

function read<S extends v.GenericSchema>(
  schema: S,
  payload: string,
  toMessage: (value: v.InferOutput<S>) => Message | undefined,
): Parsed<Message | undefined> {
  const parsed = parseJsonWith(schema, payload)
  return parsed.ok ? { ok: true, value: toMessage(parsed.value) } : parsed
}

const nextJob = (payload: string, configured: Configured): Parsed<Message | undefined> =>
  read(nextExecutionSchema, payload, ({ execution }) => ({ kind: 'next-job', execution, configured }))

const next = (incoming: Incoming, payload: string, configured: Configured): Parsed<Message | undefined> =>
  isAccepted(incoming)
    ? nextJob(payload, configured)
    : read(jobRejectedSchema, payload, () => ({ kind: 'next-job-rejected' }))

function described(
  incoming: Extract<Incoming, { kind: 'job-get' }>,
  payload: string,
  configured: Configured,
): Parsed<Message | undefined> {
  const { jobId } = incoming
  return incoming.accepted
    ? read(nextExecutionSchema, payload, ({ execution }) =>
        execution === undefined ? undefined : { kind: 'job-described', execution, configured },
      )
    : read(jobRejectedSchema, payload, rejection => ({ kind: 'job-not-described', jobId, rejection }))
}

function updated(
  { jobId, accepted }: Extract<Incoming, { kind: 'job-update' }>,
  payload: string,
): Parsed<Message | undefined> {
  return accepted
    ? read(updateAcceptedSchema, payload, ({ clientToken }) => ({
        kind: 'job-update-accepted',
        jobId,
        clientToken,
      }))
    : read(jobRejectedSchema, payload, rejection => ({ kind: 'job-update-rejected', jobId, rejection }))
}

const isAccepted = (incoming: Incoming): boolean => incoming.kind === 'notify-next' || incoming.accepted
