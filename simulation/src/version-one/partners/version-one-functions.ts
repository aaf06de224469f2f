import type { EventInvokeConfiguration } from '@rotator/local-cloud/lambda/function-configuration'
import { simulatedClients } from '../../cloud/aws-clients.ts'
import { type BackendParts, performFor } from '../../cloud/backend-functions.ts'
import type { Blueprint } from '../../cloud/blueprint.ts'
import type { FunctionLife, Handler } from '../../cloud/function-host.ts'
import { versionOneBackend } from '../backend/backend.ts'
import type { JobEvent, RuleEvent } from '../backend/rule-event.ts'
import { statements } from '../backend/stack-resources.ts'

export const versionOneBlueprint: Blueprint = { statements }

/** What fails is not tried again, and an event that waits for longer than a minute is dropped. */
export const versionOneInvocations: Partial<EventInvokeConfiguration> = {
  maximumRetryAttempts: 0,
  maximumEventAgeSeconds: 60,
}

/** Version 1's functions in the place of the product's. What else the simulated cloud calls for is not there. */
export const versionOneFunctions =
  (parts: BackendParts): ((life: FunctionLife) => Handler) =>
  life => {
    const { create, commit, finish } = versionOneBackend(
      simulatedClients(performFor(life, parts)),
      'notifications',
    )
    switch (life.functionName) {
      case 'create':
        return event => create(event as RuleEvent)
      case 'commit':
        return event => commit(event as RuleEvent)
      case 'finish':
        return event => finish(event as JobEvent)
      default:
        return async () => undefined
    }
  }
