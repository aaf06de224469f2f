import { defaultAccount } from '../account.ts'
import { createEventConfigurations } from '../event-configurations/event-configurations.ts'
import { type JobsService, jobsService } from '../jobs/jobs-service.ts'
import { type ShadowsService, shadowsService } from '../shadows/shadows-service.ts'
import { type ClientSettings, serveOperations } from './api-server.ts'
import type { JsonMessage } from './bus-device.ts'
import { type WirelessBroker, type WirelessClient, wirelessBroker } from './wireless-broker.ts'

/** Registry, broker, Jobs and shadows together: SDK clients come by HTTP, devices by MQTT packets. */
export interface DeviceCloud extends WirelessBroker {
  readonly jobs: JobsService
  readonly shadows: ShadowsService
  readonly settings: ClientSettings
  /** A connected device that hears everything of its own thing. */
  connectDevice(thingName: string): WirelessClient
  stop(): Promise<void>
}

export async function startDeviceCloud(): Promise<DeviceCloud> {
  const wireless = wirelessBroker()
  const { clock, registry, broker } = wireless
  const eventConfigurations = createEventConfigurations({ clock })
  let ids = 0
  const jobs = jobsService({
    account: defaultAccount,
    clock,
    bus: broker,
    registry,
    eventConfigurations,
    newId: () => `event-${++ids}`,
  })
  const shadows = shadowsService({ clock, bus: broker })
  const server = await serveOperations({
    operations: [
      ...registry.operations,
      ...eventConfigurations.operations,
      ...jobs.operations,
      ...shadows.operations,
    ],
  })
  return {
    ...wireless,
    jobs,
    shadows,
    settings: server.settings,
    connectDevice(thingName) {
      const client = wireless.connect(wireless.device({ thingName }), { clientId: thingName })
      client.subscribe(`$aws/things/${thingName}/#`)
      client.take('connack')
      client.take('suback')
      return client
    },
    async stop() {
      broker.stop()
      await server.stop()
    },
  }
}

/** Takes what a device received since the last call, as JSON. */
export function heard(client: WirelessClient): JsonMessage[] {
  return client
    .take('publish')
    .map(({ topic, payload }) => ({ topic, body: JSON.parse(payload.toString()) as unknown }))
}
