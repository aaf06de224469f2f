import { invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { DatedMap } from './dated-map.ts'
import type { EventualConsistency } from './eventual-consistency.ts'

export type ThingPrincipalType = 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING'

/**
 * Which certificates are attached to which things. Exclusivity is a property of the certificate: it has one thing
 * then, while the thing may have any number of exclusive certificates.
 */
export class ThingPrincipals {
  readonly #byThing = new Map<string, DatedMap<ThingPrincipalType>>()
  readonly #byPrincipal = new Map<string, DatedMap<ThingPrincipalType>>()
  readonly #consistency: EventualConsistency
  #revision = 0

  constructor(consistency: EventualConsistency) {
    this.#consistency = consistency
  }

  /** Grows with each change. */
  get revision(): number {
    return this.#revision
  }

  attach(thingName: string, principal: string, type: ThingPrincipalType, now: number): void {
    const others = mapOf(this.#byPrincipal, principal)
      .entries()
      .filter(([name]) => name !== thingName)
    if (others.some(([, otherType]) => otherType === 'EXCLUSIVE_THING'))
      throw invalidRequest('Principal already has an exclusive Thing attached to it')
    if (type === 'EXCLUSIVE_THING' && others.length > 0)
      throw invalidRequest('Principal already has a Thing attached to it')
    this.#set(thingName, principal, type, now)
  }

  detach(thingName: string, principal: string, now: number): void {
    if (!this.isAttached(thingName, principal))
      throw resourceNotFound(`Principal ${principal} is not attached to thing ${thingName}`)
    this.#set(thingName, principal, undefined, now)
  }

  isAttached(thingName: string, principal: string): boolean {
    return this.#byThing.get(thingName)?.has(principal) === true
  }

  /** The one thing of an exclusive certificate. */
  exclusiveThingOf(principal: string): string | undefined {
    const things = this.#byPrincipal.get(principal)?.entries() ?? []
    return things.find(([, type]) => type === 'EXCLUSIVE_THING')?.[0]
  }

  thingsOf(principal: string): string[] {
    return this.#byPrincipal.get(principal)?.keys() ?? []
  }

  principalsOf(thingName: string): string[] {
    return this.#byThing.get(thingName)?.keys() ?? []
  }

  /** As the lists of the API show it, late if they are set to be. */
  listPrincipals(thingName: string, now: number): [principal: string, type: ThingPrincipalType][] {
    return this.#byThing.get(thingName)?.asOf(now - this.#consistency.listDelayMs) ?? []
  }

  /** As the lists of the API show it, late if they are set to be. */
  listThings(principal: string, now: number): [thingName: string, type: ThingPrincipalType][] {
    return this.#byPrincipal.get(principal)?.asOf(now - this.#consistency.listDelayMs) ?? []
  }

  /** Whether a deletion of the principal still finds a thing; a detach takes its time to spread. */
  blocksDeletion(principal: string, now: number): boolean {
    const things = this.#byPrincipal.get(principal)
    return things?.heldAnythingSince(now - this.#consistency.detachDelayMs) === true
  }

  #set(thingName: string, principal: string, type: ThingPrincipalType | undefined, now: number): void {
    mapOf(this.#byThing, thingName).set(principal, type, now)
    mapOf(this.#byPrincipal, principal).set(thingName, type, now)
    this.#revision += 1
  }
}

function mapOf(maps: Map<string, DatedMap<ThingPrincipalType>>, key: string): DatedMap<ThingPrincipalType> {
  const existing = maps.get(key)
  if (existing !== undefined) return existing
  const created = new DatedMap<ThingPrincipalType>()
  maps.set(key, created)
  return created
}
