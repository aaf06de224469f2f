import type { Clock } from '../clock.ts'
import { deltaOf } from './delta.ts'
import type { JsonObject } from './json.ts'
import { emptySection, merge, type Section } from './merge.ts'
import { ShadowError } from './shadow-error.ts'
import type { UpdateRequest } from './update-request.ts'

/** Names a shadow; without `shadowName` it is the thing's classic one. A thing need not be registered to have one. */
export interface ShadowId {
  thingName: string
  shadowName?: string
}

/** A shadow at one version. */
export interface ShadowDocument {
  readonly desired: Section
  readonly reported: Section
  /** Grows by one with each update, also over a deletion. */
  readonly version: number
}

export interface ShadowUpdate {
  /** Undefined where the update made the shadow. */
  previous: ShadowDocument | undefined
  current: ShadowDocument
  delta: Section | undefined
  /** Seconds since the epoch. */
  timestamp: number
}

/** All shadows of the account: pure state and rules. */
export interface Shadows {
  /** Throws 404 where there is none. */
  get(id: ShadowId): ShadowDocument
  update(id: ShadowId, request: UpdateRequest): ShadowUpdate
  /** Answers the version that was deleted. */
  delete(id: ShadowId): number
  /** Names of the named shadows of a thing, in the order of their making. */
  namesOf(thingName: string): string[]
}

const longestState = 8192
const versionKeptMs = 48 * 60 * 60 * 1000
const classic = Symbol('classic')

type Name = string | typeof classic

interface Deleted {
  version: number
  atMs: number
}

const nameOf = ({ shadowName }: ShadowId): Name => shadowName ?? classic

export function createShadows(clock: Clock): Shadows {
  const things = new Map<string, Map<Name, ShadowDocument>>()
  const deleted = new Map<string, Map<Name, Deleted>>()

  function find(id: ShadowId): ShadowDocument | undefined {
    return things.get(id.thingName)?.get(nameOf(id))
  }

  function lastVersion(id: ShadowId): number {
    const remains = deleted.get(id.thingName)?.get(nameOf(id))
    if (remains === undefined || clock.now() - remains.atMs > versionKeptMs) return 0
    return remains.version
  }

  function get(id: ShadowId): ShadowDocument {
    const document = find(id)
    if (document === undefined) throw new ShadowError(404, `No shadow exists with name: '${displayName(id)}'`)
    return document
  }

  return {
    get,
    update(id, request) {
      const previous = find(id)
      if (request.version !== undefined && request.version !== previous?.version)
        throw new ShadowError(409, 'Version conflict')
      const timestamp = Math.floor(clock.now() / 1000)
      const current: ShadowDocument = {
        desired: changed(previous?.desired, request.desired, timestamp),
        reported: changed(previous?.reported, request.reported, timestamp),
        version: (previous?.version ?? lastVersion(id)) + 1,
      }
      checkSize(current)
      put(things, id.thingName, nameOf(id), current)
      return { previous, current, delta: deltaOf(current.desired, current.reported), timestamp }
    },
    delete(id) {
      const { version } = get(id)
      things.get(id.thingName)?.delete(nameOf(id))
      put(deleted, id.thingName, nameOf(id), { version, atMs: clock.now() })
      return version
    },
    namesOf: thingName => [...(things.get(thingName)?.keys() ?? [])].filter(name => typeof name === 'string'),
  }
}

/** As the service says it: a named shadow stands behind its thing. */
function displayName({ thingName, shadowName }: ShadowId): string {
  return shadowName === undefined ? thingName : `${thingName}~${shadowName}`
}

function changed(
  section: Section | undefined,
  change: JsonObject | null | undefined,
  timestamp: number,
): Section {
  if (change === null) return emptySection
  const before = section ?? emptySection
  return change === undefined ? before : merge(before, change, timestamp)
}

/** Metadata do not count. */
function checkSize({ desired, reported }: ShadowDocument): void {
  const bytes = Buffer.byteLength(JSON.stringify({ desired: desired.state, reported: reported.state }))
  if (bytes > longestState) throw new ShadowError(413, 'The payload exceeds the maximum size allowed')
}

function put<T>(byThing: Map<string, Map<Name, T>>, thingName: string, name: Name, value: T): void {
  const ofThing = byThing.get(thingName)
  if (ofThing === undefined) byThing.set(thingName, new Map([[name, value]]))
  else ofThing.set(name, value)
}
