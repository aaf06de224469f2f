import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** A section of a shadow (`desired` or `reported`) with the time of each of its values. */
export interface Section {
  state: JsonObject
  metadata: JsonObject
}

export const emptySection: Section = { state: {}, metadata: {} }

/**
 * Merges a change into a section: objects member by member, everything else by replacement, null by removal. Each value
 * that the change sets gets the timestamp (seconds); the others keep theirs.
 */
export function merge(section: Section, change: JsonObject, timestamp: number): Section {
  const state = new Map(Object.entries(section.state))
  const metadata = new Map(Object.entries(section.metadata))
  for (const [key, value] of Object.entries(change)) {
    if (value === null) {
      state.delete(key)
      metadata.delete(key)
    } else if (isJsonObject(value)) {
      const merged = merge(sectionAt(section, key), value, timestamp)
      state.set(key, merged.state)
      metadata.set(key, merged.metadata)
    } else {
      state.set(key, value)
      metadata.set(key, stamped(value, timestamp))
    }
  }
  return { state: Object.fromEntries(state), metadata: Object.fromEntries(metadata) }
}

function sectionAt(section: Section, key: string): Section {
  const state = Object.hasOwn(section.state, key) ? section.state[key] : undefined
  const metadata = Object.hasOwn(section.metadata, key) ? section.metadata[key] : undefined
  return isJsonObject(state) && isJsonObject(metadata) ? { state, metadata } : emptySection
}

/** Arrays are stamped item by item. */
function stamped(value: Json, timestamp: number): Json {
  if (Array.isArray(value)) return value.map(item => stamped(item, timestamp))
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stamped(inner, timestamp)]))
  return { timestamp }
}
