import type { ComponentUpdates } from '../../deployments/component-updates.ts'
import type { ConfigurationValidators } from '../../deployments/configuration-validators.ts'
import type { Operation } from '../operation.ts'
import { optionalNumber, optionalObject, optionalText } from '../request-fields.ts'
import { invalidArguments, serviceError } from '../service-error.ts'

/** How components take part in deployments: validating configuration and deferring updates. */
export function deploymentOperations(
  validators: ConfigurationValidators,
  updates: ComponentUpdates,
): [string, Operation][] {
  return [
    [
      'SubscribeToValidateConfigurationUpdates',
      {
        streaming: true,
        handle: call => {
          const event = 'ValidateConfigurationUpdateEvents'
          call.onEnd(
            validators.add(call.component, proposal =>
              call.emit(event, { validateConfigurationUpdateEvent: proposal }),
            ),
          )
          return {}
        },
      },
    ],
    [
      'SendConfigurationValidityReport',
      {
        streaming: false,
        handle: call => {
          const report = optionalObject(call.request, 'configurationValidityReport') ?? {}
          const deploymentId = optionalText(report, 'deploymentId')
          const message = optionalText(report, 'message')
          if (deploymentId === undefined) {
            throw invalidArguments(
              'Cannot accept configuration validity report, the deployment ID provided was null',
            )
          }
          const accepted = optionalText(report, 'status') !== 'REJECTED'
          if (!validators.report(call.component, deploymentId, { accepted, message: message ?? '' })) {
            throw invalidArguments('Validation request either timed out or was never made')
          }
          return {}
        },
      },
    ],
    [
      'SubscribeToComponentUpdates',
      {
        streaming: true,
        handle: call => {
          call.onEnd(updates.add(call.component, event => call.emit('ComponentUpdatePolicyEvents', event)))
          return {}
        },
      },
    ],
    [
      'DeferComponentUpdate',
      {
        streaming: false,
        handle: call => {
          if (!updates.isSubscribed(call.component)) {
            throw invalidArguments('Component is not subscribed to component update events')
          }
          const deploymentId = optionalText(call.request, 'deploymentId')
          if (deploymentId === undefined) {
            throw invalidArguments('Cannot defer the update, the deployment ID provided was null')
          }
          const recheckAfterMs = optionalNumber(call.request, 'recheckAfterMs') ?? 0
          if (!updates.defer(call.component, deploymentId, recheckAfterMs)) {
            throw serviceError('Time limit to respond to PreComponentUpdateEvent exceeded')
          }
          return {}
        },
      },
    ],
  ]
}
