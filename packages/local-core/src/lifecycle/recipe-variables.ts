import { atPointer, isMap } from '../config/config-merge.ts'
import type { ConfigValue } from '../config/config-tree.ts'
import type { RootLayout } from '../provision/root-layout.ts'

/** What the variables of one component's recipe stand for. Folders have no slash at the end. */
export interface RecipeVariables {
  readonly layout: RootLayout
  readonly component: string
  readonly version: string
  readonly thingName: string
  readonly configuration: ConfigValue
}

/** Replaces `{namespace:key}` in a text; what is unknown stays as it is, as in the nucleus. */
export function interpolate(text: string, variables: RecipeVariables): string {
  return text.replaceAll(
    /\{([A-Za-z]+):([^{}]*)\}/g,
    (whole, namespace: string, key: string) => resolve(namespace, key, variables) ?? whole,
  )
}

/** Interpolates every text inside a value, keys excepted. */
export function interpolateValue(value: ConfigValue, variables: RecipeVariables): ConfigValue {
  if (typeof value === 'string') return interpolate(value, variables)
  if (Array.isArray(value)) return value.map(item => interpolateValue(item, variables))
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, interpolateValue(child, variables)]),
  )
}

function resolve(namespace: string, key: string, variables: RecipeVariables): string | undefined {
  const { layout, component, version } = variables
  switch (`${namespace}:${namespace === 'configuration' ? '' : key}`) {
    case 'artifacts:path':
      return layout.artifactsFolder(component, version)
    case 'artifacts:decompressedPath':
      return layout.unarchivedFolder(component, version)
    case 'work:path':
      return layout.workFolder(component)
    case 'kernel:rootPath':
      return layout.root
    case 'iot:thingName':
      return variables.thingName
    case 'configuration:':
      return configured(variables.configuration, key)
    default:
      return undefined
  }
}

function configured(configuration: ConfigValue, pointer: string): string | undefined {
  const value = atPointer(configuration, pointer)
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
