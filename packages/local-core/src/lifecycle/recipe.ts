import { parse } from 'yaml'
import { isMap } from '../config/config-merge.ts'
import type { ConfigMap, ConfigValue } from '../config/config-tree.ts'

/** What the core takes from a component recipe, for Linux. */
export interface Recipe {
  readonly name: string
  readonly version: string
  readonly defaultConfiguration: ConfigMap
  /** The lifecycle as the nucleus stores it: lower-case step names, scripts not yet interpolated. */
  readonly lifecycle: ConfigMap
  readonly dependencies: ConfigMap
}

/** Reads a recipe (YAML, of which JSON is a part); keys ignore case as in the nucleus. */
export function parseRecipe(text: string): Recipe {
  const recipe = lowerKeys(parse(text) as ConfigValue)
  if (!isMap(recipe)) throw new Error('The recipe is not a map. Give a recipe of format 2020-01-25.')
  const name = recipe['componentname']
  const version = recipe['componentversion']
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw new Error('The recipe lacks ComponentName or ComponentVersion as text (quote the version).')
  }
  const manifest = linuxManifest(recipe['manifests'])
  if (manifest === undefined) {
    throw new Error(`The recipe of ${name} ${version} has no manifest for Linux; add one with os: linux.`)
  }
  return {
    name,
    version,
    defaultConfiguration: mapOrEmpty(spelled(text, 'ComponentConfiguration', 'DefaultConfiguration')),
    lifecycle: mapOrEmpty(manifest['lifecycle'] ?? recipe['lifecycle']),
    dependencies: mapOrEmpty(spelled(text, 'ComponentDependencies')),
  }
}

function linuxManifest(manifests: ConfigValue | undefined): ConfigMap | undefined {
  const list = Array.isArray(manifests) ? manifests : []
  return list.filter(isMap).find(manifest => {
    const platform = mapOrEmpty(manifest['platform'])
    const os = platform['os'] ?? '*'
    return os === 'linux' || os === '*' || os === 'all'
  })
}

/** What stands under `keys` in its own spelling: components read their configuration by exact key. */
function spelled(text: string, ...keys: readonly string[]): ConfigValue | undefined {
  return keys.reduce<ConfigValue | undefined>(
    (value, wanted) =>
      Object.entries(mapOrEmpty(value)).find(([key]) => key.toLowerCase() === wanted.toLowerCase())?.[1],
    parse(text) as ConfigValue,
  )
}

const mapOrEmpty = (value: ConfigValue | undefined): ConfigMap => (isMap(value) ? value : {})

function lowerKeys(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return value.map(lowerKeys)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key.toLowerCase(),
      // The names of environment variables are the component's own.
      key.toLowerCase() === 'setenv' ? child : lowerKeys(child),
    ]),
  )
}
