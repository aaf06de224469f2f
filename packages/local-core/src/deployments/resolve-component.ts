import { mergeValues } from '../config/config-merge.ts'
import type { ConfigMap, ConfigValue } from '../config/config-tree.ts'
import type { Recipe } from '../lifecycle/recipe.ts'
import { interpolateValue, type RecipeVariables } from '../lifecycle/recipe-variables.ts'
import type { RootLayout } from '../provision/root-layout.ts'

export interface ResolveContext {
  readonly layout: RootLayout
  readonly thingName: string
  /** The nucleus's `interpolateComponentConfiguration`, as it stands when the component is deployed. */
  readonly interpolateConfiguration: boolean
}

/**
 * What a deployment stores under `services.<component>`: the version, the configuration (defaults of the
 * recipe under what was configured) and the lifecycle with its variables resolved. Variables in the
 * configuration, and so in access control, are resolved only where the nucleus is told to.
 */
export function resolveComponent(
  recipe: Recipe,
  configured: ConfigValue | undefined,
  context: ResolveContext,
): ConfigMap {
  const merged = mergeValues(recipe.defaultConfiguration, configured ?? {})
  const variables = (configuration: ConfigValue): RecipeVariables => ({
    layout: context.layout,
    component: recipe.name,
    version: recipe.version,
    thingName: context.thingName,
    configuration,
  })
  const configuration = context.interpolateConfiguration
    ? interpolateValue(merged, variables(merged))
    : merged
  return {
    componentType: 'GENERIC',
    configuration,
    dependencies: dependencyList(recipe.dependencies),
    lifecycle: interpolateValue(recipe.lifecycle, variables(configuration)),
    version: recipe.version,
  }
}

/** The nucleus's form of a dependency list: `name:HARD` or `name:SOFT`. */
function dependencyList(dependencies: ConfigMap): ConfigValue[] {
  return Object.entries(dependencies).map(([name, value]) => {
    const soft = JSON.stringify(value).toUpperCase().includes('"SOFT"')
    return `${name}:${soft ? 'SOFT' : 'HARD'}`
  })
}
