import { AwsError, invalidRequest, resourceNotFound } from '../api/aws-error.ts'

export interface Thing {
  thingName: string
  thingId: string
  thingTypeName: string | undefined
  attributes: Readonly<Record<string, string>>
  /** Grows by one with each update. */
  version: number
}

export interface ThingChange {
  /** undefined leaves it, null removes it */
  thingTypeName: string | null | undefined
  attributes: Readonly<Record<string, string>> | undefined
  /** Whether the attributes are merged into those that are there; an empty value removes one. */
  merge: boolean
  expectedVersion: number | undefined
}

const namePattern = /^[a-zA-Z0-9:_-]{1,128}$/
const attributeName = /^[a-zA-Z0-9_.,@/:#-]{1,128}$/
const attributeValue = /^[a-zA-Z0-9_.,@/:#=[\]-]{0,800}$/
const attributesWithoutType = 3
const attributesWithType = 50

/** The things of the registry, by name. Attachments and groups are kept elsewhere. */
export class Things {
  readonly #things = new Map<string, Thing>()
  readonly #newId: () => string
  #revision = 0

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** Grows with each change. */
  get revision(): number {
    return this.#revision
  }

  has(thingName: string): boolean {
    return this.#things.has(thingName)
  }

  find(thingName: string): Thing | undefined {
    return this.#things.get(thingName)
  }

  get(thingName: string): Thing {
    const thing = this.#things.get(thingName)
    if (thing === undefined) throw resourceNotFound(`Thing ${thingName} not found`)
    return thing
  }

  all(): Thing[] {
    return [...this.#things.values()].toSorted((a, b) => (a.thingName < b.thingName ? -1 : 1))
  }

  /** The same thing again is answered as if it were new; another one of that name is a conflict. */
  create(thingName: string, thingTypeName: string | undefined, attributes: Record<string, string>): Thing {
    checkName('thingName', thingName)
    checkAttributes(attributes, thingTypeName)
    const existing = this.#things.get(thingName)
    if (existing !== undefined) {
      if (existing.thingTypeName === thingTypeName && sameMap(existing.attributes, attributes))
        return existing
      throw alreadyExists('Thing', thingName)
    }
    const thing = { thingName, thingId: this.#newId(), thingTypeName, attributes, version: 1 }
    this.#things.set(thingName, thing)
    this.#revision += 1
    return thing
  }

  update(thingName: string, change: ThingChange): void {
    const thing = this.get(thingName)
    checkVersion(change.expectedVersion, thing.version)
    const thingTypeName = change.thingTypeName === undefined ? thing.thingTypeName : change.thingTypeName
    const attributes = changedAttributes(thing.attributes, change)
    checkAttributes(attributes, thingTypeName ?? undefined)
    const version = thing.version + 1
    this.#revision += 1
    this.#things.set(thingName, { ...thing, thingTypeName: thingTypeName ?? undefined, attributes, version })
  }

  /** Returns whether there was such a thing. */
  delete(thingName: string, expectedVersion: number | undefined): boolean {
    const thing = this.#things.get(thingName)
    if (thing !== undefined) checkVersion(expectedVersion, thing.version)
    this.#revision += 1
    return this.#things.delete(thingName)
  }
}

/** Things, thing types and thing groups have the same rule for their names. */
export function checkName(member: string, name: string): void {
  if (!namePattern.test(name))
    throw invalidRequest(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+',
    )
}

export function checkVersion(expected: number | undefined, actual: number): void {
  if (expected !== undefined && expected !== actual)
    throw new AwsError(
      'VersionConflictException',
      409,
      `Expected version ${expected} but found version ${actual}`,
    )
}

export function alreadyExists(kind: string, name: string): AwsError {
  return new AwsError(
    'ResourceAlreadyExistsException',
    409,
    `${kind} ${name} already exists in account with different properties`,
  )
}

export function sameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => a[key] === b[key])
}

function changedAttributes(present: Thing['attributes'], change: ThingChange): Record<string, string> {
  if (change.attributes === undefined) return { ...present }
  const all = change.merge ? { ...present, ...change.attributes } : change.attributes
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

function checkAttributes(attributes: Record<string, string>, thingTypeName: string | undefined): void {
  const limit = thingTypeName === undefined ? attributesWithoutType : attributesWithType
  const entries = Object.entries(attributes)
  if (entries.length > limit) throw invalidRequest(`A thing may have at most ${limit} attributes`)
  for (const [name, value] of entries)
    if (!attributeName.test(name) || !attributeValue.test(value))
      throw invalidRequest(`The attribute ${name} has a name or value that is not allowed`)
}
