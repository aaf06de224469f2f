import { AwsError, resourceNotFound } from '../api/aws-error.ts'
import { checkName } from './things.ts'

export interface ThingType {
  thingTypeName: string
  thingTypeId: string
  description: string
  /** Milliseconds since the epoch. */
  createdAt: number
}

/** Types that things may have; only their names matter here, for policy variables. */
export class ThingTypes {
  readonly #types = new Map<string, ThingType>()
  readonly #newId: () => string

  constructor(newId: () => string) {
    this.#newId = newId
  }

  create(thingTypeName: string, description: string, now: number): ThingType {
    checkName('thingTypeName', thingTypeName)
    const existing = this.#types.get(thingTypeName)
    if (existing !== undefined) {
      if (existing.description === description) return existing
      throw new AwsError('ResourceAlreadyExistsException', 409, `ThingType ${thingTypeName} already exists`)
    }
    const type = { thingTypeName, thingTypeId: this.#newId(), description, createdAt: now }
    this.#types.set(thingTypeName, type)
    return type
  }

  get(thingTypeName: string): ThingType {
    const type = this.#types.get(thingTypeName)
    if (type === undefined) throw resourceNotFound(`ThingType ${thingTypeName} not found`)
    return type
  }

  all(): ThingType[] {
    return [...this.#types.values()]
  }
}
