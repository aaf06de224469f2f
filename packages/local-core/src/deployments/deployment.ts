import { type Clock, orTimeout } from '../clock.ts'
import { atPointer, isMap, mergeValues, replaceChanges, withPointer } from '../config/config-merge.ts'
import type { ConfigStore } from '../config/config-store.ts'
import type { ConfigMap, ConfigValue } from '../config/config-tree.ts'
import type { Recipe } from '../lifecycle/recipe.ts'
import type { ComponentUpdates } from './component-updates.ts'
import type { ConfigurationValidators } from './configuration-validators.ts'
import { type ResolveContext, resolveComponent } from './resolve-component.ts'

export interface ComponentChange {
  readonly component: string
  /** JSON pointers that go back to the recipe's default, before the merge; `''` is everything. */
  readonly reset: readonly string[]
  readonly merge: ConfigMap
  /** The recipe of the version to deploy: the present one's where only configuration changes. */
  readonly recipe?: Recipe
}

export interface Deployment {
  readonly deploymentId: string
  readonly changes: readonly ComponentChange[]
  readonly notifyComponents: boolean
  readonly isGgcRestarting: boolean
  readonly deferTimeoutMs: number
  readonly validationTimeoutMs: number
}

export type DeploymentResult =
  | { readonly status: 'SUCCESSFUL' }
  | { readonly status: 'FAILED_NO_STATE_CHANGE'; readonly reason: string }

export interface DeploymentPort {
  readonly config: ConfigStore
  readonly validators: ConfigurationValidators
  readonly updates: ComponentUpdates
  readonly clock: Clock
  readonly resolve: ResolveContext
  /** Starts a component again, or for the first time, after its version or lifecycle has changed. */
  readonly restartComponent: (component: string) => Promise<void>
}

interface Planned {
  readonly change: ComponentChange
  readonly next: ConfigMap
  readonly versionChanges: boolean
  readonly lifecycleChanges: boolean
  readonly configurationChanges: boolean
}

/**
 * Deploys as the nucleus does: components may put it off, then each whose configuration alone would change is
 * asked to validate it, then everything is merged and those with another version or lifecycle are restarted.
 */
export async function deploy(port: DeploymentPort, deployment: Deployment): Promise<DeploymentResult> {
  const { deploymentId } = deployment
  const deployedAtMs = port.clock.now()
  if (deployment.notifyComponents) {
    await port.updates.untilAgreed(deploymentId, {
      isGgcRestarting: deployment.isGgcRestarting,
      timeoutMs: deployment.deferTimeoutMs,
    })
  }
  try {
    const planned = deployment.changes.map(change => plan(port, change))
    const refusal = await validate(port, deployment, planned)
    if (refusal !== undefined) return { status: 'FAILED_NO_STATE_CHANGE', reason: refusal }
    for (const { change, next } of planned) {
      port.config.apply(replaceChanges(port.config.tree, ['services', change.component], next, deployedAtMs))
    }
    for (const { change, versionChanges, lifecycleChanges } of planned) {
      if (versionChanges || lifecycleChanges) await port.restartComponent(change.component)
    }
    return { status: 'SUCCESSFUL' }
  } finally {
    if (deployment.notifyComponents) port.updates.tellDone(deploymentId)
  }
}

function plan(port: DeploymentPort, change: ComponentChange): Planned {
  const stored = port.config.tree.get(['services', change.component])
  const present = isMap(stored) ? stored : {}
  const configured = nextConfiguration(present['configuration'] ?? {}, change)
  const next =
    change.recipe === undefined
      ? { ...present, configuration: configured }
      : resolveComponent(change.recipe, configured, port.resolve)
  return {
    change,
    next,
    versionChanges: differs(next['version'], present['version']),
    lifecycleChanges: differs(next['lifecycle'], present['lifecycle']),
    configurationChanges: differs(next['configuration'], present['configuration']),
  }
}

function nextConfiguration(present: ConfigValue, change: ComponentChange): ConfigValue {
  const defaults = change.recipe?.defaultConfiguration ?? {}
  const reset = change.reset.reduce(
    (value, pointer) => withPointer(value, pointer, atPointer(defaults, pointer)),
    present,
  )
  return mergeValues(reset, change.merge)
}

/** The reason why the deployment must not go on, if there is one. */
async function validate(
  port: DeploymentPort,
  deployment: Deployment,
  planned: readonly Planned[],
): Promise<string | undefined> {
  const asked = planned
    .filter(({ versionChanges, configurationChanges }) => configurationChanges && !versionChanges)
    .flatMap(({ change: { component }, next }) => {
      const configuration = next['configuration']
      const proposal = {
        configuration: isMap(configuration) ? configuration : {},
        deploymentId: deployment.deploymentId,
      }
      const asking = port.validators.ask(component, proposal)
      return asking === undefined ? [] : [{ component, asking }]
    })
  const reports = Promise.all(
    asked.map(async ({ component, asking }) => ({ component, ...(await asking.report) })),
  )
  const answered = await orTimeout(port.clock, deployment.validationTimeoutMs, reports)
  for (const { asking } of asked) asking.withdraw()
  if (answered === 'timeout')
    return 'Error while waiting for validation report for one or more components:null'
  const rejections = answered.filter(report => !report.accepted)
  if (rejections.length === 0) return undefined
  const reasons = rejections.map(({ component, message }) => ` { name = ${component}, message = ${message} }`)
  return `Components reported that their to-be-deployed configuration is invalid${reasons.join('')}`
}

function differs(one: ConfigValue | undefined, other: ConfigValue | undefined): boolean {
  return canonical(one) !== canonical(other)
}

function canonical(value: ConfigValue | undefined): string {
  return JSON.stringify(value, (_key, child: ConfigValue) =>
    isMap(child) ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1))) : child,
  )
}
