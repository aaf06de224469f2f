import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requestControl } from '@rotator/local-core/control/control-client'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { type OfficialClient, officialClient } from '@rotator/local-core/testing/ipc-fixture'
import type { Device } from '../fleet/device.ts'
import { attachPolicy, createPolicy } from '../operator/registry.ts'
import { run, until } from '../whole/rotation.ts'
import type { World } from '../whole/world.ts'
import { messagingPolicy } from './client-identity.ts'

export const neighbourName = 'com.example.Neighbour'

/** Another vendor's component on a rotating device: it talks to Greengrass by the official SDK's IPC client. */
export interface Neighbour {
  device: Device
  ipc: OfficialClient
  /** Deploys changes of configuration to components of the device. */
  deploy: (changes: readonly { component: string; merge: object }[]) => Promise<unknown>
}

/** It leaves its token for the client, which runs in the test's process, and rests. */
const recipe = JSON.stringify({
  RecipeFormatVersion: '2020-01-25',
  ComponentName: neighbourName,
  ComponentVersion: '1.0.0',
  ComponentConfiguration: {
    DefaultConfiguration: {
      greeting: 'hello',
      nested: { depth: 1 },
      accessControl: {
        'aws.greengrass.ipc.mqttproxy': {
          [`${neighbourName}:mqttproxy:1`]: {
            operations: ['aws.greengrass#PublishToIoTCore', 'aws.greengrass#SubscribeToIoTCore'],
            resources: ['outside/*'],
          },
        },
      },
    },
  },
  Manifests: [
    {
      Platform: { os: 'linux' },
      Lifecycle: { Run: 'umask 077; printenv SVCUID > token+ && mv token+ token && exec sleep 10000' },
    },
  ],
})

/** Starts a device with the rotator on it, deploys the neighbour beside it, and connects the neighbour's client. */
export async function moveIn(
  world: World,
  onCleanup: (stop: () => Promise<void>) => void,
): Promise<Neighbour> {
  const device = await world.newDevice()
  const { iot } = world.clients
  await createPolicy(iot, 'neighbour', messagingPolicy('outside/*'))
  await attachPolicy(iot, 'neighbour', device.old.certificateArn)
  const running = run(device)
  const stops = [async () => running.stop()]
  onCleanup(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  const layout = rootLayout(device.root)
  // It says so once it would be asked about a deployment.
  const isReady = (log: string) => log.includes('Connected with Greengrass')
  await until('a rotator that is ready', () => readIfThere(device.componentLog), isReady)
  const control = (request: object) => requestControl(layout.controlSocket, request)
  const recipeFile = join(world.folder, 'neighbour.recipe.json')
  writeFileSync(recipeFile, recipe)
  await control({ command: 'deploy', changes: [{ component: neighbourName, recipeFile }] })
  const tokenFile = join(layout.workFolder(neighbourName), 'token')
  const authToken = await until(
    'the neighbour’s start',
    () => readIfThere(tokenFile),
    text => text !== '',
  )
  const ipc = officialClient(layout.ipcSocket, authToken)
  stops.push(async () => ipc.close())
  await ipc.connect()
  return { device, ipc, deploy: changes => control({ command: 'deploy', changes }) }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** The SDK waits for ever where an answer does not come. */
export async function soon<T>(what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what} did not come within 20 s.`)), 20_000)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
