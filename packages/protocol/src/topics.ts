import type { JobId, ThingName } from './ids.ts'

/** The topics that version 1's IoT policy grants; a publish to any other drops the device's connection. */
export const certificateTopics = {
  create: (thing: ThingName) => `awslabs/things/${thing}/certificate/create`,
  commit: (thing: ThingName) => `awslabs/things/${thing}/certificate/commit`,
} as const

export const jobTopics = {
  /** `jobId` may be `$next`, the first of the thing's pending executions. */
  get: (thing: ThingName, jobId: JobId | '$next') => `$aws/things/${thing}/jobs/${jobId}/get`,
  update: (thing: ThingName, jobId: JobId) => `$aws/things/${thing}/jobs/${jobId}/update`,
} as const

/** Replies come on the request's topic and one of these. */
export const accepted = (requestTopic: string): string => `${requestTopic}/accepted`
export const rejected = (requestTopic: string): string => `${requestTopic}/rejected`

/** The nine filters that the component subscribes to, in version 1's order. */
export function subscriptions(thing: ThingName): string[] {
  const jobs = `$aws/things/${thing}/jobs`
  return [
    `${jobs}/notify-next`,
    `${jobs}/+/get/accepted`,
    `${jobs}/+/get/rejected`,
    `${jobs}/+/update/accepted`,
    `${jobs}/+/update/rejected`,
    ...[certificateTopics.create(thing), certificateTopics.commit(thing)].flatMap(topic => [
      accepted(topic),
      rejected(topic),
    ]),
  ]
}

/** What a message that arrived at the component is about, told from its topic alone. */
export type Incoming =
  | { kind: 'notify-next' }
  | { kind: 'job-get'; jobId: string; accepted: boolean }
  | { kind: 'job-update'; jobId: string; accepted: boolean }
  | { kind: 'create' | 'commit'; accepted: boolean }

/** @returns undefined for a topic that is none of the component's subscriptions. */
export function readTopic(thing: ThingName, topic: string): Incoming | undefined {
  const levels = topic.split('/')
  const verdict = levels.at(-1)
  if (topic === `$aws/things/${thing}/jobs/notify-next`) return { kind: 'notify-next' }
  if (verdict !== 'accepted' && verdict !== 'rejected') return undefined
  const isAccepted = verdict === 'accepted'
  const request = levels.slice(0, -1).join('/')
  if (request === certificateTopics.create(thing)) return { kind: 'create', accepted: isAccepted }
  if (request === certificateTopics.commit(thing)) return { kind: 'commit', accepted: isAccepted }
  const match = /^\$aws\/things\/([^/]+)\/jobs\/([^/]+)\/(get|update)$/u.exec(request)
  if (match?.[1] !== thing || match[2] === undefined) return undefined
  return { kind: match[3] === 'get' ? 'job-get' : 'job-update', jobId: match[2], accepted: isAccepted }
}
