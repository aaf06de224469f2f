import { rotateOperation } from '@rotator/protocol/names'

/** What version 1 of the component publishes and listens to, word for word. It sends everything at QoS 0. */
export interface Publication {
  topic: string
  payload: object
}

export const nextJobRequest = (thing: string): Publication => ({
  topic: `$aws/things/${thing}/jobs/$next/get`,
  payload: {},
})

const update = (thing: string, jobId: string, payload: object): Publication => ({
  topic: `$aws/things/${thing}/jobs/${jobId}/update`,
  payload,
})

export const inProgress = (thing: string, jobId: string): Publication =>
  update(thing, jobId, { status: 'IN_PROGRESS', statusDetails: { CertificateRotator: true } })

/** Without details, so that those of IN_PROGRESS stay. */
export const succeeded = (thing: string, jobId: string): Publication =>
  update(thing, jobId, { status: 'SUCCEEDED' })

/** How its reasons begin; the text after that is for people. */
export const failureReasons = {
  csrNotMade: 'Error creating the CSR',
  notInstalled: 'Error rotating the certificate and private key',
  createRejected: 'Create was rejected',
  createUnanswered: 'Comms failure when creating the certificate',
  rolledBack: 'Rollback completed after comms failure',
  commitRejected: 'Commit was rejected',
  commitUnanswered: 'Comms failure when committing the certificate',
} as const
export type FailureReason = keyof typeof failureReasons

export const failed = (thing: string, jobId: string, reason: FailureReason): Publication =>
  update(thing, jobId, {
    status: 'FAILED',
    statusDetails: { CertificateRotator: true, DeviceFailureReason: failureReasons[reason] },
  })

export const create = (thing: string, jobId: string, csr: string): Publication => ({
  topic: `awslabs/things/${thing}/certificate/create`,
  payload: { jobId, csr },
})

export const commit = (thing: string, jobId: string): Publication => ({
  topic: `awslabs/things/${thing}/certificate/commit`,
  payload: { jobId },
})

/** In the order in which it subscribes. */
export function filters(thing: string): string[] {
  const jobs = `$aws/things/${thing}/jobs`
  const certificate = `awslabs/things/${thing}/certificate`
  return [
    `${jobs}/notify-next`,
    `${jobs}/+/get/accepted`,
    `${jobs}/+/get/rejected`,
    `${jobs}/+/update/accepted`,
    `${jobs}/+/update/rejected`,
    `${certificate}/create/accepted`,
    `${certificate}/create/rejected`,
    `${certificate}/commit/accepted`,
    `${certificate}/commit/rejected`,
  ]
}

export interface Message {
  /** What of the topic it looks at, such as `notify-next` or `update/accepted`. */
  kind: string
  /** The third level from the end: the job's id where the topic has one. */
  level: string
  body: Record<string, unknown>
}

/** @returns undefined for a payload that is no JSON object: it is dropped */
export function readMessage(topic: string, payload: string): Message | undefined {
  const levels = topic.split('/')
  const last = levels.at(-1) ?? ''
  const body = parseObject(payload)
  if (body === undefined) return undefined
  return {
    kind: last === 'notify-next' ? last : `${levels.at(-2)}/${last}`,
    level: levels.at(-3) ?? '',
    body,
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** A rotation job as it stands in a message; the device looks at nothing but these. */
export function rotationIn({ body }: Message): { jobId: string; status: string } | undefined {
  const execution = Object(body['execution'])
  if (Object(execution.jobDocument).operation !== rotateOperation) return undefined
  return { jobId: String(execution.jobId), status: String(execution.status) }
}
