import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildComponent } from '@rotator/component/build'
import { type Cloud, startCloud } from '@rotator/local-cloud/cloud'
import { parseRecipe } from '@rotator/local-core/lifecycle/recipe'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { type Algorithms, defaultAlgorithms } from '@rotator/protocol/algorithms'
import { type Device, manufacture, type Peculiarities } from '../fleet/device.ts'
import { devicePolicy, devicePolicyName, deviceRoleAlias } from '../fleet/device-policy.ts'
import { awsClients } from '../operator/aws-clients.ts'
import type { Outside } from '../operator/proof.ts'
import { createPolicy, createRoleAlias, createThingGroup } from '../operator/registry.ts'
import type { Token } from '../tokens/token.ts'
import { addBinding, iotTemplate, writeNode } from '../world/artifacts.ts'
import { accountId, region, removeFolder } from '../world/lab.ts'
import { buildTrial } from './trial/build-trial.ts'
import { type Cut, cutsIn, makeClock, trialFiles, writeClock, writeCuts } from './trial/trial-file.ts'

/** A cloud in this process, so that faults reach into it, with the backend deployed and its functions as processes. */
export interface World extends Outside {
  cloud: Cloud
  folder: string
  /** Makes a device whose component waits 20 times shorter than in the field. */
  newDevice(options?: DeviceOptions): Promise<Device>
  /** How many of the device's cuts have not happened yet. */
  cutsLeft(device: Device): number
  /** Makes a device's clock wrong by so many milliseconds, from now on. */
  jumpClock(device: Device, offsetMs: number): void
  close(): Promise<void>
}

export interface DeviceOptions {
  algorithms?: Algorithms
  /** What ends or stops the component, one after the other. */
  cuts?: readonly Cut[]
  /** What its waiting times are multiplied by, where it is to be another number than everybody's. */
  timeScale?: number
  thingName?: string
  /** Folders between that of the world and the device's root. */
  folders?: readonly string[]
  peculiarities?: Peculiarities
  /** Holds the device's identity. */
  token?: Token
  /** Where the device finds the cloud, in place of the cloud's own endpoint: a stretch of network with weather. */
  endpoint?: { host: string; port: number }
}

const usualTimeScale = 0.05
export const thingGroupName = 'core-devices'

export interface WorldOptions {
  /** `false` for a world whose devices are scripts: nothing is built for cores. */
  component?: boolean
  /** Gives the template of another backend than ours; what it writes goes into the folder. */
  template?: (folder: string) => Promise<string>
  /** Makes what must be there before the backend is deployed. */
  prepare?: (cloud: Cloud) => void
  /** How many instances of one function run at once; as many as the machine has cores unless said otherwise. */
  mostInstances?: number
  /** What the time between two runs of a `rate` is multiplied by. */
  scheduleScale?: number
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { component: needsComponent = true, template = iotTemplate } = options
  const folder = mkdtempSync(join(tmpdir(), 'rotator-world-'))
  const templatePath = await template(folder)
  const cloud = await startCloud({
    directory: join(folder, 'cloud'),
    retryDelayScale: 0.01,
    ...(options.mostInstances !== undefined && { mostInstances: options.mostInstances }),
    ...(options.scheduleScale !== undefined && { scheduleScale: options.scheduleScale }),
  })
  options.prepare?.(cloud)
  await cloud.deploy(templatePath)
  const component = needsComponent ? await trialComponent(folder) : undefined
  const trialFolderOf = (device: Device): string => {
    if (component === undefined) throw new Error('This world was opened without a component for devices.')
    return trialFolder(device, component.recipe)
  }
  const clients = awsClients(cloud.endpoints.http, region)
  await createPolicy(clients.iot, devicePolicyName, devicePolicy(region, accountId))
  await createRoleAlias(clients.iot, deviceRoleAlias, `arn:aws:iam::${accountId}:role/CoreDeviceRole`)
  await createThingGroup(clients.iot, thingGroupName)
  let made = 0
  return {
    cloud,
    clients,
    mqtt: cloud.endpoints.mqtt,
    folder,
    rootCa: readFileSync(cloud.rootCaPath, 'utf8'),
    newDevice: async (options = {}) => {
      if (component === undefined) throw new Error('This world was opened without a component for devices.')
      const { algorithms = defaultAlgorithms, cuts = [], timeScale = usualTimeScale } = options
      made += 1
      const { thingName = `thing-${made}` } = options
      if (options.token !== undefined) await addBinding({ component })
      const device = await manufacture({
        iot: clients.iot,
        folder: join(folder, ...(options.folders ?? [])),
        thingName,
        thingGroupName,
        algorithms,
        region,
        endpoint: options.endpoint ?? cloud.endpoints.mqtt,
        rootCaPath: cloud.rootCaPath,
        component,
        token: options.token,
        ...(options.peculiarities && { peculiarities: options.peculiarities }),
      })
      writeTrial(trialFolderOf(device), timeScale, cuts)
      return device
    },
    cutsLeft: device => cutsIn(trialFolderOf(device)).length,
    jumpClock: (device, offsetMs) => writeClock(trialFolderOf(device), offsetMs),
    close: async () => {
      clients.destroy()
      await cloud.stop()
      removeFolder(folder)
    },
  }
}

async function trialComponent(folder: string): Promise<{ recipe: string; artifactFolder: string }> {
  const { recipe, artifactFolder } = await buildComponent(join(folder, 'component'))
  await buildTrial(artifactFolder)
  writeNode(artifactFolder)
  return { recipe, artifactFolder }
}

/** Where the bundle of a device's component lies. */
function trialFolder(device: Device, recipe: string): string {
  const { name, version } = parseRecipe(recipe)
  return join(rootLayout(device.root).unarchivedFolder(name, version), 'certificate-rotator')
}

function writeTrial(folder: string, timeScale: number, cuts: readonly Cut[]): void {
  writeFileSync(join(folder, trialFiles.trial), JSON.stringify({ timeScale }))
  writeCuts(folder, cuts)
  makeClock(folder)
}
