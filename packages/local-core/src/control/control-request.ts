import { isMap } from '../config/config-merge.ts'
import type { ConfigMap, ConfigValue } from '../config/config-tree.ts'
import type { MessageFault } from '../mqtt/message-faults.ts'
import type { NetworkState } from '../mqtt/network-link.ts'
import type { RestartFault } from '../supervisor/restart-faults.ts'

/** A component's part of a deployment request. */
export interface ChangeRequest {
  readonly component: string
  readonly merge: ConfigMap
  readonly reset: readonly string[]
  /** File of another version's recipe, and the folder of its unpacked artifact. */
  readonly recipeFile?: string
  readonly artifactFolder?: string
}

/** What the control socket understands. */
export type ControlRequest =
  | { readonly command: 'status' | 'restart' | 'stop' }
  | { readonly command: 'systemctl'; readonly args: readonly string[] }
  | {
      readonly command: 'deploy'
      readonly deploymentId?: string
      readonly changes: readonly ChangeRequest[]
      readonly notifyComponents: boolean
      readonly isGgcRestarting: boolean
      readonly validationTimeoutMs?: number
      readonly deferTimeoutMs?: number
    }
  | { readonly command: 'message-faults'; readonly faults: readonly MessageFault[] }
  | { readonly command: 'network'; readonly state: NetworkState }
  | { readonly command: 'restart-fault'; readonly fault: RestartFault | null }

const commands = 'status, restart, stop, systemctl, deploy, message-faults, network, restart-fault'

/** Parses a request; the error says what is wrong with it. */
export function parseControlRequest(value: unknown): ControlRequest {
  const request = fields(value, 'The request')
  switch (request['command']) {
    case 'status':
    case 'restart':
    case 'stop':
      return { command: request['command'] }
    case 'systemctl':
      return { command: 'systemctl', args: texts(request['args'], 'args') }
    case 'deploy':
      return parseDeploy(request)
    case 'message-faults':
      return { command: 'message-faults', faults: list(request['faults'], 'faults').map(parseMessageFault) }
    case 'network':
      return { command: 'network', state: oneOf(request['state'], 'state', ['online', 'offline', 'silent']) }
    case 'restart-fault':
      return {
        command: 'restart-fault',
        fault: request['fault'] === null ? null : parseRestartFault(request['fault']),
      }
    default:
      throw new Error(`Unknown control command ${JSON.stringify(request['command'])}; known: ${commands}.`)
  }
}

function parseDeploy(request: Fields): ControlRequest {
  const deploymentId = optionalText(request['deploymentId'], 'deploymentId')
  const validationTimeoutMs = optionalCount(request['validationTimeoutMs'], 'validationTimeoutMs')
  const deferTimeoutMs = optionalCount(request['deferTimeoutMs'], 'deferTimeoutMs')
  return {
    command: 'deploy',
    changes: list(request['changes'], 'changes').map(parseChange),
    notifyComponents: request['notifyComponents'] !== false,
    isGgcRestarting: request['isGgcRestarting'] === true,
    ...(deploymentId !== undefined && { deploymentId }),
    ...(validationTimeoutMs !== undefined && { validationTimeoutMs }),
    ...(deferTimeoutMs !== undefined && { deferTimeoutMs }),
  }
}

function parseChange(value: unknown): ChangeRequest {
  const change = fields(value, 'A change')
  const merge = (change['merge'] ?? {}) as ConfigValue
  if (!isMap(merge)) throw new Error('merge must be a map of configuration keys.')
  const recipeFile = optionalText(change['recipeFile'], 'recipeFile')
  const artifactFolder = optionalText(change['artifactFolder'], 'artifactFolder')
  return {
    component: text(change['component'], 'component'),
    merge,
    reset: texts(change['reset'] ?? [], 'reset'),
    ...(recipeFile !== undefined && { recipeFile }),
    ...(artifactFolder !== undefined && { artifactFolder }),
  }
}

function parseMessageFault(value: unknown): MessageFault {
  const fault = fields(value, 'A message fault')
  return {
    id: text(fault['id'], 'id'),
    direction: oneOf(fault['direction'], 'direction', ['to-cloud', 'from-cloud']),
    filter: text(fault['filter'], 'filter'),
    action: oneOf(fault['action'], 'action', ['drop', 'delay', 'duplicate']),
    delayMs: optionalCount(fault['delayMs'], 'delayMs') ?? 0,
    times: optionalCount(fault['times'], 'times') ?? null,
  }
}

function parseRestartFault(value: unknown): RestartFault {
  const fault = fields(value, 'A restart fault')
  return {
    kind: oneOf(fault['kind'], 'kind', ['swallow', 'fail', 'slow']),
    delayMs: optionalCount(fault['delayMs'], 'delayMs') ?? 0,
    times: optionalCount(fault['times'], 'times') ?? null,
  }
}

type Fields = Readonly<Record<string, unknown>>

function fields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new Error(`${what} must be a JSON object.`)
}

function list(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new Error(`${field} must be a list.`)
}

function texts(value: unknown, field: string): readonly string[] {
  return list(value, field).map(item => text(item, `each of ${field}`))
}

function text(value: unknown, field: string): string {
  if (typeof value === 'string') return value
  throw new Error(`${field} must be text.`)
}

function optionalText(value: unknown, field: string): string | undefined {
  return value === undefined ? undefined : text(value, field)
}

function optionalCount(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw new Error(`${field} must be a whole number of 0 or more.`)
}

function oneOf<T extends string>(value: unknown, field: string, allowed: readonly T[]): T {
  const found = allowed.find(candidate => candidate === value)
  if (found !== undefined) return found
  throw new Error(`${field} must be one of ${allowed.join(', ')}.`)
}
