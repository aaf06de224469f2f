import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sdk from 'aws-iot-device-sdk-v2'
import { mergeChanges } from '../config/config-merge.ts'
import { type ConfigStore, createConfigStore } from '../config/config-store.ts'
import { type ComponentUpdates, createComponentUpdates } from '../deployments/component-updates.ts'
import {
  type ConfigurationValidators,
  createConfigurationValidators,
} from '../deployments/configuration-validators.ts'
import { startIpcServer } from '../ipc/ipc-server.ts'
import { componentOperations } from '../ipc/operations/component.ts'
import { configurationOperations } from '../ipc/operations/configuration.ts'
import { deploymentOperations } from '../ipc/operations/deployment.ts'
import { iotCoreOperations } from '../ipc/operations/iot-core.ts'
import { parseRecipe } from '../lifecycle/recipe.ts'
import { fixtureComponent, fixtureRecipe, temporaryFolder } from './core-process.ts'
import { type FakeMqttProxy, fakeMqttProxy } from './fake-mqtt-proxy.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'

export type OfficialClient = ReturnType<typeof sdk.greengrasscoreipc.createClient>

/** A served IPC socket around fakes, and the official SDK's client for it. */
export interface IpcFixture {
  readonly config: ConfigStore
  readonly mqtt: FakeMqttProxy
  readonly validators: ConfigurationValidators
  readonly updates: ComponentUpdates
  readonly clock: ManualClock
  readonly reports: string[]
  readonly socketPath: string
  readonly connect: (authToken?: string) => Promise<OfficialClient>
  readonly close: () => Promise<void>
}

export const fixtureToken = 'A1B2C3D4E5F60718'

export async function ipcFixture(): Promise<IpcFixture> {
  const folder = temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const clock = manualClock()
  const recipe = parseRecipe(fixtureRecipe())
  const services = {
    [fixtureComponent]: { configuration: recipe.defaultConfiguration, version: '1.0.0' },
    'aws.greengrass.StreamManager': { version: '2.0.0' },
    'other.Component': { configuration: { library: '/lib/token.so' } },
  }
  const initial = mergeChanges([], { system: { thingName: 'device-1' }, services }, clock.now())
  const config = createConfigStore(initial, () => {})
  const mqtt = fakeMqttProxy()
  const validators = createConfigurationValidators()
  const updates = createComponentUpdates(clock)
  const reports: string[] = []
  const owners = new Map([
    [fixtureToken, fixtureComponent],
    ['STREAMMANAGER', 'aws.greengrass.StreamManager'],
  ])
  const socketPath = join(folder, 'ipc.socket')
  const server = await startIpcServer({
    socketPath,
    authenticate: authToken => owners.get(authToken),
    operations: new Map([
      ...configurationOperations(config),
      ...iotCoreOperations(config, mqtt),
      ...deploymentOperations(validators, updates),
      ...componentOperations({
        reportState: (component, state) => {
          reports.push(`${component} ${state}`)
          return component === fixtureComponent
        },
        isAuthToken: token => owners.has(token),
      }),
    ]),
  })
  const clients: OfficialClient[] = []
  return {
    config,
    mqtt,
    validators,
    updates,
    clock,
    reports,
    socketPath,
    connect: async (authToken = fixtureToken) => {
      const client = officialClient(socketPath, authToken)
      clients.push(client)
      await client.connect()
      return client
    },
    close: async () => {
      for (const client of clients) await client.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The AWS SDK's own client, as a component with this token would use it. */
export function officialClient(socketPath: string, authToken: string): OfficialClient {
  const { SocketOptions, SocketType, SocketDomain } = sdk.io
  return sdk.greengrasscoreipc.createClient({
    hostName: socketPath,
    port: 0,
    socketOptions: new SocketOptions(SocketType.STREAM, SocketDomain.LOCAL),
    connectTransform: async ({ message }) => ({ ...message, payload: JSON.stringify({ authToken }) }),
  })
}
