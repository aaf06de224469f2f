import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { ShadowError } from './shadow-error.ts'

/** A change of a shadow: per section, what to merge into it, or null to remove it. */
export interface UpdateRequest {
  desired?: JsonObject | null
  reported?: JsonObject | null
  /** The version that the shadow must have. */
  version?: number
  clientToken?: string
}

const mostLevels = 8

export function parseUpdateRequest(payload: Buffer): UpdateRequest {
  const body = parseObject(payload)
  const clientToken = parseClientToken(body)
  const { state, version } = body
  if (state === undefined) throw new ShadowError(400, 'Missing required node: state')
  if (!isJsonObject(state)) throw new ShadowError(400, 'State node must be an object')
  if (version !== undefined && version !== null && !isVersion(version))
    throw new ShadowError(400, 'Invalid version')
  for (const name of Object.keys(state))
    if (name !== 'desired' && name !== 'reported')
      throw new ShadowError(400, 'State contains an invalid node')
  return {
    ...sectionOf(state, 'desired'),
    ...sectionOf(state, 'reported'),
    ...(isVersion(version) && { version }),
    ...(clientToken !== undefined && { clientToken }),
  }
}

/** The token of a request to get or delete, whose body may be empty or anything. */
export function clientTokenOf(payload: Buffer): string | undefined {
  if (payload.length === 0) return undefined
  return parseClientToken(parseObject(payload))
}

function parseObject(payload: Buffer): JsonObject {
  const text = decoded(payload)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new ShadowError(400, 'Invalid JSON')
  }
  if (!isJsonObject(body)) throw new ShadowError(400, 'Invalid JSON')
  return body
}

function decoded(payload: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    throw new ShadowError(415, 'Unsupported documented encoding; supported encoding is UTF-8')
  }
}

function parseClientToken({ clientToken }: JsonObject): string | undefined {
  if (clientToken === undefined || clientToken === null) return undefined
  if (typeof clientToken !== 'string' || Buffer.byteLength(clientToken) > 64)
    throw new ShadowError(400, 'Invalid clientToken')
  return clientToken
}

const isVersion = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function sectionOf(
  state: JsonObject,
  name: 'desired' | 'reported',
): Pick<UpdateRequest, 'desired' | 'reported'> {
  const section = state[name]
  if (section === undefined) return {}
  if (section !== null && !isJsonObject(section))
    throw new ShadowError(400, `${name === 'desired' ? 'Desired' : 'Reported'} node must be an object`)
  if (section !== null) checkNodes(section, 1)
  return { [name]: section }
}

function checkNodes(node: JsonObject, level: number): void {
  checkLevel(level)
  for (const value of Object.values(node)) checkValue(value, level)
}

function checkLevel(level: number): void {
  if (level > mostLevels)
    throw new ShadowError(400, `JSON contains too many levels of nesting; maximum is ${mostLevels}`)
}

/** A list is a level as well. */
function checkValue(value: Json, level: number): void {
  if (isJsonObject(value)) checkNodes(value, level + 1)
  if (!Array.isArray(value)) return
  checkLevel(level + 1)
  for (const item of value) {
    if (item === null) throw new ShadowError(400, 'State contains an invalid node')
    checkValue(item, level + 1)
  }
}
