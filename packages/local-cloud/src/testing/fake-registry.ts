import { arn, defaultAccount } from '../account.ts'
import type { Registry, RegistryChange } from '../registry/registry.ts'

/** Things and flat groups, changed by hand; every change is told to the listeners. */
export class FakeRegistry implements Registry {
  /** How often the members of a group were asked for. */
  groupsRead = 0
  readonly #things = new Set<string>()
  readonly #groups = new Map<string, Set<string>>()
  readonly #parents = new Map<string, string>()
  readonly #listeners: ((change: RegistryChange) => void)[] = []

  addThings(...names: string[]): this {
    for (const name of names) this.#things.add(name)
    return this
  }

  addGroup(name: string, parent?: string): this {
    this.#groups.set(name, new Set())
    if (parent !== undefined) this.#parents.set(name, parent)
    return this
  }

  join(thingName: string, groupName: string): this {
    this.#groups.get(groupName)?.add(thingName)
    return this.#tell({ kind: 'group-joined', thingName, groupName })
  }

  leave(thingName: string, groupName: string): this {
    this.#groups.get(groupName)?.delete(thingName)
    return this.#tell({ kind: 'group-left', thingName, groupName })
  }

  deleteThing(thingName: string): this {
    this.#things.delete(thingName)
    for (const group of this.#groups.values()) group.delete(thingName)
    return this.#tell({ kind: 'thing-deleted', thingName })
  }

  groupArn(name: string): string {
    return arn(defaultAccount, 'iot', `thinggroup/${name}`)
  }

  thingExists(thingName: string): boolean {
    return this.#things.has(thingName)
  }

  thingArn(thingName: string): string {
    return arn(defaultAccount, 'iot', `thing/${thingName}`)
  }

  thingsOfGroup(groupArnOrName: string): string[] | undefined {
    this.groupsRead += 1
    const name = groupArnOrName.slice(groupArnOrName.lastIndexOf('/') + 1)
    const direct = this.#groups.get(name)
    if (direct === undefined) return undefined
    const children = [...this.#parents].filter(([, parent]) => parent === name).map(([child]) => child)
    return [...new Set([...direct, ...children.flatMap(child => this.thingsOfGroup(child) ?? [])])]
  }

  groupsOfThing(thingName: string): string[] {
    const direct = [...this.#groups].filter(([, members]) => members.has(thingName)).map(([name]) => name)
    const withParents = (name: string): string[] => {
      const parent = this.#parents.get(name)
      return parent === undefined ? [name] : [name, ...withParents(parent)]
    }
    return [...new Set(direct.flatMap(withParents))]
  }

  onChange(listener: (change: RegistryChange) => void): void {
    this.#listeners.push(listener)
  }

  #tell(change: RegistryChange): this {
    for (const listener of this.#listeners) listener(change)
    return this
  }
}
