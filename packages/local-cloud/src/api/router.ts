import type { RestOperation } from './operation.ts'

/** An operation found for a request, with the parts of its path, percent-decoded. */
export interface Route {
  operation: RestOperation
  params: Record<string, string>
}

type Segment = { literal: string } | { param: string; greedy: boolean }

interface CompiledPath {
  operation: RestOperation
  segments: readonly Segment[]
  literals: number
}

/** Services that a client may reach by mutual TLS alone, without a signature. */
const dataPlanes = new Set(['iotdata', 'iot-jobs-data', 'iot-credentials'])

/** What the request says about the service that it means. */
export type ServiceHint = { signedFor: string } | 'data-plane' | 'unknown'

/**
 * Finds REST operations by method and path. One path may belong to two services
 * (`GET /things/{thingName}/jobs/{jobId}` is in IoT and in its jobs data plane); the hint decides then.
 */
export function createRouter(operations: readonly RestOperation[]): {
  find(method: string, rawPath: string, hint: ServiceHint): Route | undefined
} {
  const byMethod = new Map<string, CompiledPath[]>()
  for (const operation of operations) {
    const compiled = compile(operation)
    byMethod.set(operation.method, [...(byMethod.get(operation.method) ?? []), compiled])
  }
  // `/things/{thingName}/jobs/$next` must win over `/things/{thingName}/jobs/{jobId}`.
  for (const paths of byMethod.values()) paths.sort((a, b) => b.literals - a.literals)
  return {
    find(method, rawPath, hint) {
      const parts = decodedParts(rawPath)
      if (parts === undefined) return undefined
      for (const path of byMethod.get(method) ?? []) {
        if (!hinted(path.operation.service, hint)) continue
        const params = match(path.segments, parts)
        if (params !== undefined) return { operation: path.operation, params }
      }
      return undefined
    },
  }
}

function hinted(service: string, hint: ServiceHint): boolean {
  if (hint === 'unknown') return true
  return hint === 'data-plane' ? dataPlanes.has(service) : service === hint.signedFor
}

function compile(operation: RestOperation): CompiledPath {
  const segments = operation.path
    .split('/')
    .slice(1)
    .map((part): Segment => {
      const name = /^\{(\w+)(\+?)\}$/.exec(part)
      return name?.[1] === undefined ? { literal: part } : { param: name[1], greedy: name[2] === '+' }
    })
  return { operation, segments, literals: segments.filter(segment => 'literal' in segment).length }
}

function decodedParts(rawPath: string): string[] | undefined {
  try {
    return rawPath.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function match(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const part = parts[index]
    if (part === undefined) return undefined
    if ('literal' in segment) {
      if (part !== segment.literal) return undefined
    } else if (segment.greedy) {
      params[segment.param] = parts.slice(index).join('/')
      return params
    } else if (part === '') {
      return undefined
    } else {
      params[segment.param] = part
    }
  }
  return segments.length === parts.length ? params : undefined
}
