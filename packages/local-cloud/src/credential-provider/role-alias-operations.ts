import { invalidRequest } from '../api/aws-error.ts'
import { requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import type { RoleAliases } from './role-aliases.ts'

/** Seconds that credentials of a role may be asked for. */
const duration = { least: 900, most: 43_200 }

const path = '/role-aliases/{roleAlias}'

/** The control plane's part: an alias is made, looked at and deleted. */
export function roleAliasOperations(aliases: RoleAliases, clock: Clock): RestOperation[] {
  return [
    iotOperation('CreateRoleAlias', 'POST', path, ({ params, body }) => {
      const settings = { roleArn: requiredString(body, 'roleArn'), ...durationIn(body) }
      const { roleAlias, roleAliasArn } = aliases.create(nameIn(params), settings, clock.now())
      return { roleAlias, roleAliasArn }
    }),
    iotOperation('DescribeRoleAlias', 'GET', path, ({ params }) => {
      const { createdAt, changedAt, ...alias } = aliases.get(nameIn(params))
      return {
        roleAliasDescription: {
          ...alias,
          creationDate: createdAt / 1000,
          lastModifiedDate: changedAt / 1000,
        },
      }
    }),
    iotOperation('DeleteRoleAlias', 'DELETE', path, ({ params }) => aliases.delete(nameIn(params))),
    iotOperation('ListRoleAliases', 'GET', '/role-aliases', () => ({
      roleAliases: aliases.all().map(({ roleAlias }) => roleAlias),
    })),
  ]
}

const nameIn = ({ roleAlias = '' }: RestCall['params']): string => roleAlias

function durationIn(body: RestCall['body']): { credentialDurationSeconds?: number } {
  const seconds = body['credentialDurationSeconds']
  if (seconds === undefined) return {}
  if (typeof seconds !== 'number' || seconds < duration.least || seconds > duration.most)
    throw invalidRequest(`credentialDurationSeconds must be from ${duration.least} to ${duration.most}`)
  return { credentialDurationSeconds: seconds }
}
