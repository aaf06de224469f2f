import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { effectiveConfig, writeEffectiveConfig, writeTransactionLog } from '../config/config-files.ts'
import { mergeChanges } from '../config/config-merge.ts'
import { type ConfigMap, createConfigTree } from '../config/config-tree.ts'
import { isTrue, nucleusComponentName } from '../config/device-settings.ts'
import { resolveComponent } from '../deployments/resolve-component.ts'
import { parseRecipe } from '../lifecycle/recipe.ts'
import { type Pkcs11Provider, pkcs11ProviderName } from '../pkcs11/pkcs11-provider.ts'
import { pathOfValue } from './path-value.ts'
import { type RootLayout, rootLayout } from './root-layout.ts'

/** A PEM text and the configured value of its path (plain path, `file://` or `pkcs11:` URI); without text nothing is written. */
export interface ProvisionedFile {
  readonly pathValue: string
  readonly pem?: string
}

export interface ProvisionedComponent {
  /** The recipe's text. */
  readonly recipe: string
  /** Folder that is copied to the unarchived artifacts as `<name of the folder>/`, like an unpacked zip. */
  readonly artifactFolder?: string
  /** Merged over the recipe's default configuration. */
  readonly configuration?: ConfigMap
}

export interface CoreProvision {
  readonly root: string
  readonly thingName: string
  readonly certificate: ProvisionedFile
  readonly privateKey: ProvisionedFile
  readonly rootCa: ProvisionedFile
  readonly awsRegion: string
  readonly iotDataEndpoint: string
  readonly nucleusVersion: string
  /** Merged into the nucleus's own configuration: `mqtt`, `interpolateComponentConfiguration` and so on. */
  readonly nucleusConfiguration: ConfigMap
  readonly components: readonly ProvisionedComponent[]
  /** Deploys the plugin for keys in tokens. */
  readonly pkcs11Provider?: Pkcs11Provider
  /** Whether `effectiveConfig.yaml` lacks the three paths, as after fleet provisioning. */
  readonly emptyPathsInEffectiveConfig: boolean
  readonly nowMs: number
}

/** Makes a Greengrass root folder that a core can be started on. */
export function provisionCore(provision: CoreProvision): RootLayout {
  const layout = rootLayout(provision.root)
  if (existsSync(layout.tlogFile)) {
    throw new Error(`${layout.root} is a Greengrass root already. Give another folder, or remove it first.`)
  }
  makeFolders(layout)
  writePem(provision.certificate, 0o644)
  writePem(provision.privateKey, 0o600)
  writePem(provision.rootCa, 0o644)
  const tree = createConfigTree(mergeChanges([], initialConfig(provision, layout), provision.nowMs))
  writeTransactionLog(layout.tlogFile, tree.dump())
  writeEffectiveConfig(
    layout.effectiveConfigFile,
    effectiveConfig(tree, { emptyPaths: provision.emptyPathsInEffectiveConfig }),
  )
  return layout
}

/** Puts a component's recipe and artifacts where a deployment puts them; answers the parsed recipe. */
export function placePackage(layout: RootLayout, component: ProvisionedComponent) {
  const recipe = parseRecipe(component.recipe)
  mkdirSync(layout.recipesFolder, { recursive: true })
  writeFileSync(join(layout.recipesFolder, `${recipe.name}-${recipe.version}.recipe.yaml`), component.recipe)
  const unarchived = layout.unarchivedFolder(recipe.name, recipe.version)
  mkdirSync(unarchived, { recursive: true })
  mkdirSync(layout.artifactsFolder(recipe.name, recipe.version), { recursive: true })
  mkdirSync(layout.workFolder(recipe.name), { recursive: true })
  if (component.artifactFolder !== undefined) {
    cpSync(component.artifactFolder, join(unarchived, basename(component.artifactFolder)), {
      recursive: true,
      dereference: true,
    })
  }
  return recipe
}

function makeFolders(layout: RootLayout): void {
  for (const folder of [layout.binFolder, layout.recipesFolder, layout.logsFolder]) {
    mkdirSync(folder, { recursive: true })
  }
  // As the nucleus does (Permissions.java): passwords and PINs stand in its configuration.
  mkdirSync(layout.configFolder, { recursive: true, mode: 0o700 })
}

function writePem(file: ProvisionedFile, mode: number): void {
  if (file.pem === undefined) return
  const path = pathOfValue(file.pathValue)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, file.pem, { mode })
}

function initialConfig(provision: CoreProvision, layout: RootLayout): ConfigMap {
  const context = {
    layout,
    thingName: provision.thingName,
    interpolateConfiguration: isTrue(provision.nucleusConfiguration['interpolateComponentConfiguration']),
  }
  const recipes = provision.components.map(component => placePackage(layout, component))
  const components = recipes.map((recipe, index) => [
    recipe.name,
    resolveComponent(recipe, provision.components[index]?.configuration, context),
  ])
  writeFileSync(
    join(layout.recipesFolder, `${nucleusComponentName}-${provision.nucleusVersion}.recipe.yaml`),
    nucleusRecipe(provision.nucleusVersion),
  )
  return {
    system: {
      certificateFilePath: provision.certificate.pathValue,
      privateKeyPath: provision.privateKey.pathValue,
      rootCaPath: provision.rootCa.pathValue,
      rootpath: layout.root,
      thingName: provision.thingName,
    },
    services: {
      [nucleusComponentName]: {
        componentType: 'NUCLEUS',
        configuration: {
          awsRegion: provision.awsRegion,
          iotDataEndpoint: provision.iotDataEndpoint,
          ...provision.nucleusConfiguration,
        },
        dependencies: [],
        version: provision.nucleusVersion,
      },
      ...Object.fromEntries(components),
      ...pkcs11Plugin(provision.pkcs11Provider),
      main: {
        dependencies: [`${nucleusComponentName}:HARD`, ...recipes.map(recipe => `${recipe.name}:HARD`)],
        lifecycle: {},
      },
    },
  }
}

const pkcs11Plugin = (configuration: Pkcs11Provider | undefined): ConfigMap =>
  configuration === undefined
    ? {}
    : {
        [pkcs11ProviderName]: {
          componentType: 'PLUGIN',
          configuration: { name: 'token', ...configuration },
          dependencies: [],
          version: '2.0.7',
        },
      }

const nucleusRecipe = (version: string) =>
  stringify({
    RecipeFormatVersion: '2020-01-25',
    ComponentName: nucleusComponentName,
    ComponentVersion: version,
    ComponentType: 'aws.greengrass.nucleus',
    Manifests: [{ Platform: { os: 'linux' } }],
  })
