import type { ComponentUpdates } from '../../deployments/component-updates.ts'
import type { ConfigurationValidators } from '../../deployments/configuration-validators.ts'
import type { Operation, OperationCall } from '../operation.ts'
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
      { streaming: true, handle: call => validate(validators, call) },
    ],
    ['SendConfigurationValidityReport', { streaming: false, handle: call => report(validators, call) }],
    ['SubscribeToComponentUpdates', { streaming: true, handle: call => hearOfUpdates(updates, call) }],
    ['DeferComponentUpdate', { streaming: false, handle: call => defer(updates, call) }],
  ]
}

function validate(validators: ConfigurationValidators, call: OperationCall): object {
  const stop = validators.add(call.component, proposal =>
    call.emit('ValidateConfigurationUpdateEvents', { validateConfigurationUpdateEvent: proposal }),
  )
  call.onEnd(stop)
  return {}
}

function report(validators: ConfigurationValidators, call: OperationCall): object {
  const validity = optionalObject(call.request, 'configurationValidityReport') ?? {}
  const deploymentId = optionalText(validity, 'deploymentId')
  const message = optionalText(validity, 'message') ?? ''
  const accepted = optionalText(validity, 'status') !== 'REJECTED'
  if (deploymentId === undefined) {
    throw invalidArguments('Cannot accept configuration validity report, the deployment ID provided was null')
  }
  if (validators.report(call.component, deploymentId, { accepted, message })) return {}
  throw invalidArguments('Validation request either timed out or was never made')
}

function hearOfUpdates(updates: ComponentUpdates, call: OperationCall): object {
  call.onEnd(updates.add(call.component, event => call.emit('ComponentUpdatePolicyEvents', event)))
  return {}
}

function defer(updates: ComponentUpdates, call: OperationCall): object {
  if (!updates.isSubscribed(call.component)) {
    throw invalidArguments('Component is not subscribed to component update events')
  }
  const deploymentId = optionalText(call.request, 'deploymentId')
  const recheckAfterMs = optionalNumber(call.request, 'recheckAfterMs') ?? 0
  if (deploymentId === undefined) {
    throw invalidArguments('Cannot defer the update, the deployment ID provided was null')
  }
  if (updates.defer(call.component, deploymentId, recheckAfterMs)) return {}
  throw serviceError('Time limit to respond to PreComponentUpdateEvent exceeded')
}
