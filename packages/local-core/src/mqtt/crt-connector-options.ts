import type { DeviceSettings } from '../config/device-settings.ts'
import type { Timings } from '../timings.ts'
import type { CrtLibrary } from './crt-library.ts'
import type { DeviceIdentity } from './device-identity.ts'

/** What a connection of either MQTT version is made with. */
export interface CrtConnectorOptions {
  readonly crt: CrtLibrary
  readonly settings: DeviceSettings
  readonly timings: Timings
  readonly identity: DeviceIdentity
  /** The core's own proxy on 127.0.0.1. */
  readonly proxyPort: number
}
