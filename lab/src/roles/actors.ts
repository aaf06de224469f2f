import type { Role } from '@rotator/local-cloud/iam/roles'
import type { World } from '../whole/world.ts'

/**
 * The deployed roles by who acts as them: a function, by its name, or else a service such as `iot.amazonaws.com`. Names of
 * roles are generated, and so are others in each cloud.
 *
 * @throws where two have the same actor
 */
export function rolesByActor({ cloud }: World): ReadonlyMap<string, Role> {
  const { functions, roles } = cloud.services
  const configurations = functions.all().map(({ configuration }) => configuration)
  const byActor = new Map<string, Role>()
  for (const role of roles.all()) {
    const actor = configurations.find(({ roleArn }) => roleArn === role.arn)?.name ?? servicesOf(role)
    if (byActor.has(actor)) throw new Error(`${actor} acts as more than one role.`)
    byActor.set(actor, role)
  }
  return byActor
}

/** @throws where nobody acts as a role by that name */
export function roleOf(world: World, actor: string): Role {
  const role = rolesByActor(world).get(actor)
  if (role === undefined) throw new Error(`There is no role that ${actor} acts as.`)
  return role
}

const servicesOf = ({ trust }: Role): string => trust.flatMap(({ services }) => services).join()
