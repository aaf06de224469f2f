import type { Clock } from '../clock.ts'
import { appendingTo, effectiveConfig, loadConfig, writeEffectiveConfig } from '../config/config-files.ts'
import { type ConfigStore, createConfigStore } from '../config/config-store.ts'
import type { DeviceSettings } from '../config/device-settings.ts'
import { nucleusConfigPath, readDeviceSettings } from '../config/device-settings.ts'
import { type ComponentUpdates, createComponentUpdates } from '../deployments/component-updates.ts'
import { createConfigurationValidators } from '../deployments/configuration-validators.ts'
import {
  type Deployment,
  type DeploymentPort,
  type DeploymentResult,
  deploy,
} from '../deployments/deployment.ts'
import { startIpcServer } from '../ipc/ipc-server.ts'
import { componentOperations } from '../ipc/operations/component.ts'
import { configurationOperations } from '../ipc/operations/configuration.ts'
import { deploymentOperations } from '../ipc/operations/deployment.ts'
import { iotCoreOperations } from '../ipc/operations/iot-core.ts'
import type { ComponentEvent } from '../lifecycle/component-runner.ts'
import type { StartProcess } from '../lifecycle/process-port.ts'
import type { OpenConnection } from '../mqtt/cloud-connection.ts'
import type { MessageFaults } from '../mqtt/message-faults.ts'
import { createMqttClient, type MqttClient, type MqttEvent } from '../mqtt/mqtt-client.ts'
import type { RootLayout } from '../provision/root-layout.ts'
import type { Timings } from '../timings.ts'
import { type Components, createComponents } from './components.ts'

export type NucleusEvent = MqttEvent | ComponentEvent

export interface NucleusOptions {
  readonly layout: RootLayout
  readonly clock: Clock
  readonly random: () => number
  readonly timings: Timings
  readonly startProcess: StartProcess
  /** Makes the opener of connections for settings that are read each time it opens one. */
  readonly cloud: (settings: () => DeviceSettings) => OpenConnection
  readonly faults: MessageFaults
  readonly emptyPathsInEffectiveConfig: boolean
  /** Hears of the process groups that run, as soon as they change. */
  readonly processGroupsChanged: (groups: readonly number[]) => void
  readonly tell: (event: NucleusEvent) => void
}

export interface NucleusStatus {
  readonly online: boolean
  readonly components: Readonly<Record<string, string>>
  readonly spooledMessages: number
}

/** One life of a nucleus, from start to stop. */
export interface Nucleus {
  readonly status: () => NucleusStatus
  readonly deploy: (deployment: Deployment) => Promise<DeploymentResult>
  /** The soft shutdown: components, connections, the socket, and `effectiveConfig.yaml` last. */
  readonly stop: () => Promise<void>
}

export async function startNucleus(options: NucleusOptions): Promise<Nucleus> {
  const { layout, clock, timings } = options
  const config = createConfigStore(loadConfig(layout), appendingTo(layout.tlogFile))
  const dumpEffectiveConfig = () =>
    writeEffectiveConfig(
      layout.effectiveConfigFile,
      effectiveConfig(config.tree, { emptyPaths: options.emptyPathsInEffectiveConfig }),
    )
  dumpEffectiveConfig()

  const settings = () => readDeviceSettings(config.tree)
  const mqtt = createMqttClient({
    thingName: settings().thingName,
    settings: settings().mqtt,
    timings,
    clock,
    random: options.random,
    openConnection: options.cloud(settings),
    faults: options.faults,
    tell: options.tell,
  })
  const components = createComponents({ ...options, config })
  const validators = createConfigurationValidators()
  const updates = createComponentUpdates(clock)
  const ipc = await startIpcServer({
    socketPath: layout.ipcSocket,
    authenticate: components.ownerOf,
    operations: new Map([
      ...configurationOperations(config),
      ...iotCoreOperations(config, mqtt),
      ...deploymentOperations(validators, updates),
      ...componentOperations({
        reportState: components.reportState,
        isAuthToken: token => components.ownerOf(token) !== undefined,
      }),
    ]),
  })
  const stopWatching = reconnectOnChange(config, clock, timings, mqtt)
  mqtt.start()
  components.startAll()

  return {
    status: () => ({
      online: mqtt.isOnline(),
      components: components.states(),
      spooledMessages: mqtt.spooledMessages(),
    }),
    deploy: deployment =>
      deploy(deploymentPort(options, config, validators, updates, components), deployment),
    stop: async () => {
      stopWatching()
      await components.stopAll()
      await mqtt.stop()
      await ipc.close()
      dumpEffectiveConfig()
    },
  }
}

function deploymentPort(
  { clock, layout }: NucleusOptions,
  config: ConfigStore,
  validators: DeploymentPort['validators'],
  updates: ComponentUpdates,
  components: Components,
): DeploymentPort {
  const settings = readDeviceSettings(config.tree)
  return {
    config,
    validators,
    updates,
    clock,
    resolve: {
      layout,
      thingName: settings.thingName,
      interpolateConfiguration: settings.interpolateComponentConfiguration,
    },
    restartComponent: components.restart,
  }
}

/** A new value of an identity path, the endpoint or anything of `mqtt` makes the nucleus connect afresh. */
function reconnectOnChange(
  config: ConfigStore,
  clock: Clock,
  timings: Timings,
  mqtt: MqttClient,
): () => void {
  let cancel = () => {}
  const schedule = () => {
    cancel()
    cancel = clock.after(timings.reconfigureDelayMs, () => void mqtt.reconnect())
  }
  const watched = [
    ...['certificateFilePath', 'privateKeyPath', 'rootCaPath', 'thingName'].map(key => ['system', key]),
    [...nucleusConfigPath, 'mqtt'],
    [...nucleusConfigPath, 'iotDataEndpoint'],
  ]
  const stops = watched.map(path => config.watch(path, schedule))
  return () => {
    cancel()
    for (const stop of stops) stop()
  }
}
