import type { World } from '../whole/world.ts'
import { region } from '../world/lab.ts'

/** What a function would have, for its handler to run here: its environment, and keys of its role. */
export function inThisProcess({ cloud }: World, functionName: string) {
  const { roleArn, environment } = cloud.services.functions.get(functionName).configuration
  const credentials = cloud.services.credentials.issue({ roleArn, sessionName: functionName })
  return {
    variables: environment,
    settings: { endpoint: cloud.endpoints.http, region, credentials, maxAttempts: 1 },
  }
}
