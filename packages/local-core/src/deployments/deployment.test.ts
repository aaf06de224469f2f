import { beforeEach, describe, expect, test } from 'vitest'
import { mergeChanges } from '../config/config-merge.ts'
import { type ConfigStore, createConfigStore } from '../config/config-store.ts'
import { type ConfigMap } from '../config/config-tree.ts'
import { parseRecipe } from '../lifecycle/recipe.ts'
import { rootLayout } from '../provision/root-layout.ts'
import { fixtureComponent, fixtureRecipe } from '../testing/core-process.ts'
import { type ManualClock, manualClock } from '../testing/manual-clock.ts'
import {
  type ComponentUpdateEvent,
  type ComponentUpdates,
  createComponentUpdates,
} from './component-updates.ts'
import { type ConfigurationValidators, createConfigurationValidators } from './configuration-validators.ts'
import { type ComponentChange, type Deployment, type DeploymentPort, deploy } from './deployment.ts'
import { resolveComponent } from './resolve-component.ts'

let clock: ManualClock
let config: ConfigStore
let validators: ConfigurationValidators
let updates: ComponentUpdates
let restarted: string[]
let port: DeploymentPort

beforeEach(() => {
  clock = manualClock()
  const resolve = { layout: rootLayout('/gg'), thingName: 'T', interpolateConfiguration: true }
  const service = resolveComponent(parseRecipe(fixtureRecipe()), {}, resolve)
  config = createConfigStore(mergeChanges(['services', fixtureComponent], service, clock.now() - 1), () => {})
  validators = createConfigurationValidators()
  updates = createComponentUpdates(clock)
  restarted = []
  const restartComponent = async (component: string) => void restarted.push(component)
  port = { config, validators, updates, clock, resolve, restartComponent }
})

const configuration = () => config.tree.get(['services', fixtureComponent, 'configuration'])
const change = (merge: ConfigMap, more: Partial<ComponentChange> = {}): ComponentChange => ({
  component: fixtureComponent,
  reset: [],
  merge,
  ...more,
})
const deployment = (changes: readonly ComponentChange[], more: Partial<Deployment> = {}): Deployment => ({
  deploymentId: 'd-1',
  changes,
  notifyComponents: false,
  isGgcRestarting: false,
  deferTimeoutMs: 60_000,
  validationTimeoutMs: 20_000,
  ...more,
})

describe('a change of configuration', () => {
  test('is merged without a restart when nobody validates', async () => {
    expect(await deploy(port, deployment([change({ keyAlgorithm: 'ECDSA-P256' })]))).toEqual({
      status: 'SUCCESSFUL',
    })
    expect(configuration()).toMatchObject({ keyAlgorithm: 'ECDSA-P256', nested: { depth: { value: 1 } } })
    expect(restarted).toEqual([])
  })

  test('is proposed whole, and merged when accepted', async () => {
    const proposals: unknown[] = []
    validators.add(fixtureComponent, proposal => {
      proposals.push(proposal)
      validators.report(fixtureComponent, 'd-1', { accepted: true, message: '' })
    })
    await deploy(port, deployment([change({ keyAlgorithm: 'ECDSA-P256' })]))
    expect(proposals).toMatchObject([
      { deploymentId: 'd-1', configuration: { keyAlgorithm: 'ECDSA-P256', nested: { depth: { value: 1 } } } },
    ])
    expect(configuration()).toMatchObject({ keyAlgorithm: 'ECDSA-P256' })
  })

  test('fails without effect when rejected, with the component’s reason', async () => {
    validators.add(fixtureComponent, () =>
      validators.report(fixtureComponent, 'd-1', { accepted: false, message: 'unknown algorithm' }),
    )
    expect(await deploy(port, deployment([change({ keyAlgorithm: 'x' })]))).toEqual({
      status: 'FAILED_NO_STATE_CHANGE',
      reason:
        'Components reported that their to-be-deployed configuration is invalid ' +
        `{ name = ${fixtureComponent}, message = unknown algorithm }`,
    })
    expect(configuration()).toMatchObject({ keyAlgorithm: 'RSA-2048' })
  })

  test('fails without effect when the component is silent for 20 s; its report is late then', async () => {
    validators.add(fixtureComponent, () => {})
    const result = deploy(port, deployment([change({ keyAlgorithm: 'x' })]))
    await clock.advance(19_999)
    expect(configuration()).toMatchObject({ keyAlgorithm: 'RSA-2048' })
    await clock.advance(1)
    expect(await result).toMatchObject({ status: 'FAILED_NO_STATE_CHANGE' })
    expect(configuration()).toMatchObject({ keyAlgorithm: 'RSA-2048' })
    expect(validators.report(fixtureComponent, 'd-1', { accepted: true, message: '' })).toBe(false)
  })

  test('that changes nothing asks nobody', async () => {
    validators.add(fixtureComponent, () => {
      throw new Error('was asked')
    })
    expect(await deploy(port, deployment([change({ keyAlgorithm: 'RSA-2048' })]))).toEqual({
      status: 'SUCCESSFUL',
    })
  })

  test('resets to the recipe’s default before it merges', async () => {
    await deploy(port, deployment([change({ keyAlgorithm: 'ECDSA-P256', extra: 1 })]))
    await clock.advance(1)
    const recipe = parseRecipe(fixtureRecipe())
    await deploy(port, deployment([change({ added: 2 }, { reset: ['/keyAlgorithm', '/extra'], recipe })]))
    expect(configuration()).toMatchObject({ keyAlgorithm: 'RSA-2048', added: 2 })
    expect(configuration()).not.toHaveProperty('extra')
  })
})

describe('a new version', () => {
  test('restarts the component without asking for validation', async () => {
    validators.add(fixtureComponent, () => {
      throw new Error('was asked')
    })
    const recipe = parseRecipe(fixtureRecipe('1.1.0'))
    expect(await deploy(port, deployment([change({ keyAlgorithm: 'x' }, { recipe })]))).toEqual({
      status: 'SUCCESSFUL',
    })
    expect(config.tree.get(['services', fixtureComponent, 'version'])).toBe('1.1.0')
    expect(restarted).toEqual([fixtureComponent])
  })

  test('waits while components defer it, and tells them when it is done', async () => {
    const told: ComponentUpdateEvent[] = []
    let deferrals = 2
    updates.add('other.Component', event => {
      told.push(event)
      if ('preUpdateEvent' in event) updates.defer('other.Component', 'd-1', deferrals-- > 0 ? 1000 : 0)
    })
    const recipe = parseRecipe(fixtureRecipe('1.1.0'))
    const result = deploy(
      port,
      deployment([change({}, { recipe })], { notifyComponents: true, isGgcRestarting: true }),
    )
    await clock.advance(1999)
    expect(restarted).toEqual([])
    await clock.advance(1)
    expect(await result).toEqual({ status: 'SUCCESSFUL' })
    const asked = { preUpdateEvent: { deploymentId: 'd-1', isGgcRestarting: true } }
    expect(told).toEqual([asked, asked, asked, { postUpdateEvent: { deploymentId: 'd-1' } }])
  })

  test('goes on when nobody answers within the time', async () => {
    updates.add('other.Component', () => {})
    const result = deploy(port, deployment([change({ a: 1 })], { notifyComponents: true }))
    await clock.advance(60_000)
    expect(await result).toEqual({ status: 'SUCCESSFUL' })
    expect(updates.defer('other.Component', 'd-1', 1000)).toBe(false)
  })
})
