import type { DeviceSettings } from '../config/device-settings.ts'
import type { Timings } from '../timings.ts'
import type { CrtLibrary } from './crt-library.ts'
import type { NetworkLink } from './network-link.ts'

/** What a connection of either MQTT version is made with. */
export interface CrtConnectorOptions {
  readonly crt: CrtLibrary
  readonly settings: DeviceSettings
  readonly timings: Timings
  readonly network: NetworkLink
}
