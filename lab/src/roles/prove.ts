import { askedRights } from '@rotator/local-cloud/iam/asked-rights/asked-rights'
import { matchesPattern } from '@rotator/local-cloud/policies/wildcard'
import type { World } from '../whole/world.ts'
import { roleOf } from './actors.ts'
import type { Deed, Ending } from './deed.ts'
import { isRefusedTo, watchDenials } from './denials.ts'
import { type Grant, withhold } from './grants.ts'

/** How a deed ends where nothing is withheld, and what its role was asked for meanwhile. */
export interface Rehearsal {
  deed: Deed
  ending: Ending
  asked: readonly { action: string; resource: string }[]
  tookMs: number
}

export async function rehearse(world: World, deed: Deed): Promise<Rehearsal> {
  const asked: { action: string; resource: string }[] = []
  const denials = watchDenials(world)
  const role = roleOf(world, deed.actor)
  const act = await deed.prepare(world)
  const { credentials } = world.cloud.services
  const stop = world.cloud.observe(event => {
    if (event.kind !== 'call') return
    const session = credentials.sessionOf(event.call.caller.accessKeyId ?? '')
    if (session?.roleArn !== role.arn) return
    for (const { action, resources } of askedRights(world.cloud.account, event.call))
      for (const resource of resources) asked.push({ action, resource })
  })
  const startedAtMs = performance.now()
  try {
    const ending = await act()
    const refused = denials.texts.filter(text => isRefusedTo(text, role.name))
    if (refused.length > 0) throw new Error(`${deed.name}: refused without cause: ${refused.join('; ')}`)
    return { deed, ending, asked, tookMs: performance.now() - startedAtMs }
  } finally {
    stop()
    denials.stop()
  }
}

/** Deeds of the grant's role that were seen to ask for it, or that services ask for; the quickest first. */
export function candidatesFor(grant: Grant, rehearsals: readonly Rehearsal[]): Rehearsal[] {
  const asks = ({ asked }: Rehearsal) =>
    asked.some(
      ({ action, resource }) =>
        action === grant.action && matchesPattern(grant.resource, resource, () => undefined),
    )
  return rehearsals
    .filter(({ deed }) => deed.actor === grant.actor)
    .filter(rehearsal => rehearsal.deed.byService === true || asks(rehearsal))
    .toSorted((one, other) => one.tookMs - other.tookMs)
}

/** @returns how it ended otherwise than without the grant, where the denial names it; undefined where it is not needed */
export async function needs(
  world: World,
  grant: Grant,
  { deed, ending }: Rehearsal,
): Promise<Ending | undefined> {
  const act = await deed.prepare(world)
  const denials = watchDenials(world)
  const giveBack = withhold(world, grant)
  try {
    const without = await act()
    const isNamed = denials.texts.some(text => isRefusedTo(text, grant.roleName, grant.action))
    return without !== ending && isNamed ? without : undefined
  } finally {
    giveBack()
    denials.stop()
  }
}

/** Proves what can be proven by these deeds, one after the other. @returns what was */
export async function prove(
  world: World,
  grants: readonly Grant[],
  deeds: readonly Deed[],
): Promise<readonly Grant[]> {
  const rehearsals: Rehearsal[] = []
  for (const deed of deeds) rehearsals.push(await rehearse(world, deed))
  const proven: Grant[] = []
  for (const grant of grants) {
    for (const rehearsal of candidatesFor(grant, rehearsals)) {
      if ((await needs(world, grant, rehearsal)) === undefined) continue
      proven.push(grant)
      break
    }
  }
  return proven
}
