import type { ShadowId } from './shadows.ts'

export type ShadowVerb = 'get' | 'update' | 'delete'

const requestTopic =
  /^\$aws\/things\/([^/]+)\/shadow(?:\/name\/([$a-zA-Z0-9:_-]{1,64}))?\/(get|update|delete)$/

/** `$aws/things/{thing}/shadow[/name/{name}]/{get|update|delete}`; undefined for any other topic. */
export function parseShadowTopic(topic: string): { id: ShadowId; verb: ShadowVerb } | undefined {
  const [, thingName, shadowName, verb] = requestTopic.exec(topic) ?? []
  if (thingName === undefined || (verb !== 'get' && verb !== 'update' && verb !== 'delete')) return undefined
  return { id: { thingName, ...(shadowName !== undefined && { shadowName }) }, verb }
}

export function shadowTopic({ thingName, shadowName }: ShadowId, rest: string): string {
  const name = shadowName === undefined ? '' : `/name/${shadowName}`
  return `$aws/things/${thingName}/shadow${name}/${rest}`
}
