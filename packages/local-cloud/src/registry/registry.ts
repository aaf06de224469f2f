/** A change in the registry that another service acts upon. */
export interface RegistryChange {
  kind: 'thing-deleted' | 'group-joined' | 'group-left'
  thingName: string
  groupName?: string
}

/** What other services may ask of things and their groups. */
export interface Registry {
  thingExists(thingName: string): boolean
  thingArn(thingName: string): string
  /** Names of the things of a group, direct and of child groups; undefined: no such group. */
  thingsOfGroup(groupArnOrName: string): string[] | undefined
  /** Names of the groups that a thing is in, direct and by a child group. */
  groupsOfThing(thingName: string): string[]
  /** Called after each change. */
  onChange(listener: (change: RegistryChange) => void): void
}
