import type { Role } from '@rotator/local-cloud/iam/roles'
import type { World } from '../whole/world.ts'
import { rolesByActor } from './actors.ts'

/** One action on one resource that a role allows. */
export interface Grant {
  /** Who acts as the role. */
  actor: string
  roleName: string
  policyName: string
  /** Which statement of the policy it stands in. */
  at: number
  action: string
  resource: string
}

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: string | string[]
  Condition?: object
}

/** The same in every cloud. */
export const nameOf = ({ actor, action, resource }: Grant): string => `${actor} ${action} ${resource}`

/** What AWS documents beside the action that it asks for: a role needs it where AWS goes by its documentation. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ['iot:ListThingPrincipals', 'the older name of iot:ListThingPrincipalsV2, which the reference has alone'],
  ['iot:ListPrincipalThings', 'the older name of iot:ListPrincipalThingsV2, which the reference has alone'],
])

/** Nothing here writes logs by its role. */
const isLogging = (action: string): boolean => action.startsWith('logs:')

/** Everything that the deployed roles allow, but for logs and {@link aliases}. */
export const grantsOf = (world: World): Grant[] =>
  [...rolesByActor(world)]
    .flatMap(([actor, role]) => grantsOfRole(actor, role))
    .filter(({ action }) => !isLogging(action) && !aliases.has(action))

function grantsOfRole(actor: string, { name: roleName, policies }: Role): Grant[] {
  return [...policies.values()].flatMap(({ name: policyName, document }) =>
    statementsOf(document).flatMap((statement, at) =>
      listOf(statement.Action).flatMap(action =>
        listOf(statement.Resource).map(resource => ({ actor, roleName, policyName, at, action, resource })),
      ),
    ),
  )
}

/** Takes one action on one resource from its role. @returns gives it back */
export function withhold(
  { cloud }: World,
  { roleName, policyName, at, action, resource }: Grant,
): () => void {
  const { roles } = cloud.services
  const document = roles.find(roleName)?.policies.get(policyName)?.document
  const others = statementsOf(document).flatMap((statement, index) => {
    if (index !== at) return [statement]
    const [actions, resources] = [listOf(statement.Action), listOf(statement.Resource)]
    const rest = [
      { ...statement, Action: actions.filter(one => one !== action) },
      { ...statement, Action: action, Resource: resources.filter(one => one !== resource) },
    ]
    return rest.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0)
  })
  roles.putPolicy(roleName, { name: policyName, document: { Version: '2012-10-17', Statement: others } })
  return () => roles.putPolicy(roleName, { name: policyName, document })
}

const listOf = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value])

/** The role store has read the document, and refused it where it is not of this shape. */
function statementsOf(document: unknown): Statement[] {
  const statements = Object(document).Statement as Statement | Statement[]
  return Array.isArray(statements) ? statements : [statements]
}
