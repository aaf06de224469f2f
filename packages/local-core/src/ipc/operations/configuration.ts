import { isMap, mergeChanges } from '../../config/config-merge.ts'
import type { ConfigStore } from '../../config/config-store.ts'
import type { ConfigValue } from '../../config/config-tree.ts'
import type { Operation, OperationCall } from '../operation.ts'
import { optionalNumber, optionalObject, optionalText, optionalTexts } from '../request-fields.ts'
import { invalidArguments, notFound, ServiceModelError } from '../service-error.ts'

const missingKey = () => notFound('Key not found')

/** Operations on component configuration. Reading needs no permission, also not of other components. */
export function configurationOperations(config: ConfigStore): [string, Operation][] {
  return [
    ['GetConfiguration', { streaming: false, handle: call => getConfiguration(config, call) }],
    ['UpdateConfiguration', { streaming: false, handle: call => updateConfiguration(config, call) }],
    [
      'SubscribeToConfigurationUpdate',
      { streaming: true, handle: call => subscribeToConfigurationUpdate(config, call) },
    ],
  ]
}

const configurationOf = (component: string) => ['services', component, 'configuration']

function getConfiguration({ tree }: ConfigStore, call: OperationCall): object {
  const component = optionalText(call.request, 'componentName') ?? call.component
  const base = configurationOf(component)
  if (tree.get(base) === undefined || tree.isLeaf(base)) throw missingKey()
  const path = [...base, ...optionalTexts(call.request, 'keyPath')]
  const value = tree.get(path)
  if (value === undefined) throw missingKey()
  const name = tree.nameOf(path) ?? ''
  return { componentName: component, value: tree.isLeaf(path) ? { [name]: value } : value }
}

function updateConfiguration(config: ConfigStore, call: OperationCall): object {
  const timestampSeconds = optionalNumber(call.request, 'timestamp')
  const value = optionalObject(call.request, 'valueToMerge')
  const keyPath = optionalTexts(call.request, 'keyPath')
  if (timestampSeconds === undefined) throw invalidArguments('Timestamp is required')
  if (value === undefined) throw invalidArguments('ValueToMerge is required')
  if (keyPath.length === 0 ? 'accessControl' in value : keyPath[0] === 'accessControl') {
    throw invalidArguments('Config update is not allowed for following fields [accessControl]')
  }
  if (config.tree.get(['services', call.component]) === undefined) {
    throw invalidArguments(`Component config not found for component ${call.component}`)
  }
  const path = [...configurationOf(call.component), ...keyPath]
  const merge = value as ConfigValue
  const atMs = Math.floor(timestampSeconds * 1000)
  if (config.tree.isLeaf(path) && isMap(merge)) {
    throw invalidArguments('Cannot update a leaf node with a map')
  }
  config.apply(mergeChanges(path, merge, atMs))
  if (atMs < (config.tree.modifiedAt(path) ?? 0)) {
    throw new ServiceModelError(
      'FailedUpdateConditionCheckError',
      "Proposed timestamp is older than the config's latest modified timestamp",
    )
  }
  return {}
}

function subscribeToConfigurationUpdate(config: ConfigStore, call: OperationCall): object {
  const component = optionalText(call.request, 'componentName') ?? call.component
  if (config.tree.get(['services', component]) === undefined) throw missingKey()
  const base = configurationOf(component)
  const path = [...base, ...optionalTexts(call.request, 'keyPath')]
  if (path.length > base.length && config.tree.get(path) === undefined) throw missingKey()
  const stop = config.watch(path, change => {
    const keyPath = change.path.slice(base.length)
    call.emit('ConfigurationUpdateEvents', {
      configurationUpdateEvent: { componentName: component, keyPath },
    })
  })
  call.onEnd(stop)
  return {}
}
