import type { World } from '../whole/world.ts'

/** Every certificate that was ever attached to a thing: those that are not any more must be gone from the registry. */
export interface OnceAttached {
  of: (thingName: string) => string[]
  stop: () => void
}

/** Notes from now on what is attached, and what is attached already as a thing is looked at first. */
export function noteAttached(world: World): OnceAttached {
  const { principals } = world.cloud.services.registry
  const noted = new Map<string, Set<string>>()
  const note = (thingName: string): Set<string> => {
    const ids = noted.get(thingName) ?? new Set()
    noted.set(thingName, ids)
    for (const arn of principals.principalsOf(thingName)) ids.add(arn.slice(arn.indexOf('cert/') + 5))
    return ids
  }
  const stop = world.cloud.observe(event => {
    if (event.kind !== 'call' || event.call.name !== 'AttachThingPrincipal') return
    note(event.call.params['thingName'] ?? '')
  })
  return { of: thingName => [...note(thingName)], stop }
}
