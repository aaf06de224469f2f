import { invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { alreadyExists, checkName, checkVersion, sameMap } from './things.ts'

export interface ThingGroupProperties {
  description: string
  attributes: Readonly<Record<string, string>>
}

export interface ThingGroup {
  groupName: string
  groupId: string
  parentName: string | undefined
  properties: ThingGroupProperties
  version: number
  /** Milliseconds since the epoch. */
  createdAt: number
  /** Names of the things that are direct members, in the order in which they came. */
  members: Set<string>
}

/** Static thing groups, their tree and their members. Names of things are not checked here. */
export class ThingGroups {
  readonly #groups = new Map<string, ThingGroup>()
  readonly #newId: () => string
  #revision = 0

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** Grows with each change that may change what a thing is a member of. */
  get revision(): number {
    return this.#revision
  }

  find(groupName: string): ThingGroup | undefined {
    return this.#groups.get(groupName)
  }

  get(groupName: string): ThingGroup {
    const group = this.#groups.get(groupName)
    if (group === undefined) throw resourceNotFound(`ThingGroup ${groupName} not found`)
    return group
  }

  all(): ThingGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => (a.groupName < b.groupName ? -1 : 1))
  }

  create(
    groupName: string,
    parentName: string | undefined,
    properties: ThingGroupProperties,
    now: number,
  ): ThingGroup {
    checkName('thingGroupName', groupName)
    if (parentName !== undefined) this.get(parentName)
    const existing = this.#groups.get(groupName)
    if (existing !== undefined) {
      if (existing.parentName === parentName && sameProperties(existing.properties, properties))
        return existing
      throw alreadyExists('ThingGroup', groupName)
    }
    const group: ThingGroup = {
      groupName,
      groupId: this.#newId(),
      parentName,
      properties,
      version: 1,
      createdAt: now,
      members: new Set(),
    }
    this.#groups.set(groupName, group)
    return group
  }

  update(groupName: string, properties: ThingGroupProperties, expectedVersion: number | undefined): number {
    const group = this.get(groupName)
    checkVersion(expectedVersion, group.version)
    group.properties = properties
    group.version += 1
    return group.version
  }

  /** Returns the things that were members; a group that does not exist is deleted already. */
  delete(groupName: string, expectedVersion: number | undefined): string[] {
    const group = this.#groups.get(groupName)
    if (group === undefined) return []
    checkVersion(expectedVersion, group.version)
    if (this.childrenOf(groupName).length > 0)
      throw invalidRequest(
        `Cannot delete thing group ${groupName} when there are still child groups attached to it`,
      )
    this.#groups.delete(groupName)
    this.#revision += 1
    return [...group.members]
  }

  /** Returns whether the thing was no direct member before. */
  join(groupName: string, thingName: string): boolean {
    const { members } = this.get(groupName)
    if (members.has(thingName)) return false
    members.add(thingName)
    this.#revision += 1
    return true
  }

  /** Returns whether the thing was a direct member. */
  leave(groupName: string, thingName: string): boolean {
    const left = this.get(groupName).members.delete(thingName)
    if (left) this.#revision += 1
    return left
  }

  childrenOf(groupName: string): ThingGroup[] {
    return this.all().filter(group => group.parentName === groupName)
  }

  /** The group and all below it. */
  treeOf(groupName: string): ThingGroup[] {
    return [this.get(groupName), ...this.childrenOf(groupName).flatMap(child => this.treeOf(child.groupName))]
  }

  /** From the root to the parent of the group. */
  ancestorsOf(groupName: string): ThingGroup[] {
    const { parentName } = this.get(groupName)
    return parentName === undefined ? [] : [...this.ancestorsOf(parentName), this.get(parentName)]
  }

  /** Groups that the thing is a direct member of. */
  groupsOf(thingName: string): ThingGroup[] {
    return this.all().filter(group => group.members.has(thingName))
  }
}

function sameProperties(a: ThingGroupProperties, b: ThingGroupProperties): boolean {
  return a.description === b.description && sameMap(a.attributes, b.attributes)
}
