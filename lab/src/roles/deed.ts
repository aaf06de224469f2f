import type { World } from '../whole/world.ts'

/** A piece of work that somebody does as a role. */
export interface Deed {
  /** Who does it: a function, by its name, or a service. */
  actor: string
  /** What is done. */
  name: string
  /** A service does it as the role, and asks for rights without a call that could be seen. */
  byService?: true
  /** Makes everything ready for the deed to be done once. */
  prepare(world: World): Promise<() => Promise<Ending>>
}

/** How a deed ended, in a few words that are the same each time it ends so. */
export type Ending = string
