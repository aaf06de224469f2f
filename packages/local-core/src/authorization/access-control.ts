import { isMap } from '../config/config-merge.ts'
import type { ConfigTree, ConfigValue } from '../config/config-tree.ts'
import { resourceCovers } from './resource-match.ts'

/** The service whose policies govern IoT Core messages. */
export const mqttProxyService = 'aws.greengrass.ipc.mqttproxy'

/** One request that may need permission; `operation` with its `aws.greengrass#` prefix. */
export interface AccessRequest {
  readonly component: string
  readonly service: string
  readonly operation: string
  readonly resource: string
}

/**
 * Whether the `accessControl` in the component's configuration allows a request. Policies grant only to the
 * component that holds them, and are read anew each time, as deployments change them.
 */
export function isAllowed(tree: ConfigTree, request: AccessRequest): boolean {
  const policies = tree.get([
    'services',
    request.component,
    'configuration',
    'accessControl',
    request.service,
  ])
  if (!isMap(policies)) return false
  return Object.values(policies).some(policy => {
    if (!isMap(policy)) return false
    const operations = texts(policy['operations'])
    return (
      operations.some(operation => operation === '*' || operation === request.operation) &&
      texts(policy['resources']).some(resource => resourceCovers(resource, request.resource))
    )
  })
}

function texts(value: ConfigValue | undefined): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
