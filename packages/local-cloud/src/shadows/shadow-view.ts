import { deltaOf } from './delta.ts'
import type { JsonObject } from './json.ts'
import { emptySection, merge, type Section } from './merge.ts'
import type { ShadowDocument, ShadowUpdate } from './shadows.ts'
import type { UpdateRequest } from './update-request.ts'

/** How the shadow service writes its answers. Times are seconds since the epoch. */

/** Echoed only where it was sent. */
export const tokenOf = (clientToken: string | undefined): { clientToken?: string } =>
  clientToken === undefined ? {} : { clientToken }

/** The whole document with its delta, as a get answers it. */
export function wholeDocument(document: ShadowDocument, timestamp: number): Record<string, unknown> {
  const { desired, reported, version } = document
  const delta = deltaOf(desired, reported)
  const sections = [...sectionsOf(document), ...(delta === undefined ? [] : [['delta', delta] as const])]
  return { ...written(sections), version, timestamp }
}

/** What an update answers: only what the request named. */
export function acceptedUpdate(request: UpdateRequest, update: ShadowUpdate): Record<string, unknown> {
  const { timestamp, current } = update
  const named = (['desired', 'reported'] as const).filter(name => request[name] !== undefined)
  const state = Object.fromEntries(named.map(name => [name, request[name]]))
  const metadata = Object.fromEntries(
    named.flatMap(name => {
      const change = request[name]
      return change === null || change === undefined
        ? []
        : [[name, merge(emptySection, change, timestamp).metadata] as const]
    }),
  )
  return { state, metadata, version: current.version, timestamp, ...tokenOf(request.clientToken) }
}

export function deltaMessage(
  request: UpdateRequest,
  update: ShadowUpdate,
  delta: Section,
): Record<string, unknown> {
  const { current, timestamp } = update
  const { state, metadata } = delta
  return { version: current.version, timestamp, state, metadata, ...tokenOf(request.clientToken) }
}

export function documentsMessage(request: UpdateRequest, update: ShadowUpdate): Record<string, unknown> {
  const { previous, current, timestamp } = update
  return {
    ...(previous !== undefined && { previous: versioned(previous) }),
    current: versioned(current),
    timestamp,
    ...tokenOf(request.clientToken),
  }
}

function versioned(document: ShadowDocument): Record<string, unknown> {
  return { ...written(sectionsOf(document)), version: document.version }
}

/** An empty section is not written. */
function sectionsOf({ desired, reported }: ShadowDocument): (readonly [string, Section])[] {
  const sections = [['desired', desired] as const, ['reported', reported] as const]
  return sections.filter(([, { state }]) => Object.keys(state).length > 0)
}

function written(sections: readonly (readonly [string, Section])[]): {
  state: JsonObject
  metadata: JsonObject
} {
  return {
    state: Object.fromEntries(sections.map(([name, { state }]) => [name, state])),
    metadata: Object.fromEntries(sections.map(([name, { metadata }]) => [name, metadata])),
  }
}
