import type { Operation } from '../operation.ts'
import { optionalText } from '../request-fields.ts'
import { notFound, ServiceModelError, unauthorized } from '../service-error.ts'

export interface ComponentPort {
  /** False where no such component runs here. */
  readonly reportState: (component: string, state: 'RUNNING' | 'ERRORED') => boolean
  readonly isAuthToken: (token: string) => boolean
}

/** The only component that the nucleus lets validate other components' tokens. */
const tokenValidator = 'aws.greengrass.StreamManager'

export function componentOperations(components: ComponentPort): [string, Operation][] {
  return [
    [
      'UpdateState',
      {
        streaming: false,
        handle: call => {
          const state = optionalText(call.request, 'state')
          if (state !== 'RUNNING' && state !== 'ERRORED') throw new TypeError('state is no reportable state')
          if (components.reportState(call.component, state)) return {}
          throw notFound('Component with given name not found', {
            resourceType: 'Component',
            resourceName: call.component,
          })
        },
      },
    ],
    [
      'ValidateAuthorizationToken',
      {
        streaming: false,
        handle: call => {
          if (call.component !== tokenValidator) {
            throw unauthorized(
              `${call.component} is not authorized to perform aws.greengrass#ValidateAuthorizationToken`,
            )
          }
          if (components.isAuthToken(optionalText(call.request, 'token') ?? '')) return { isValid: true }
          throw new ServiceModelError('InvalidTokenError', 'Authentication token not found')
        },
      },
    ],
  ]
}
