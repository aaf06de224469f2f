import type { DeviceSettings } from '../config/device-settings.ts'
import type { DeviceIdentity } from './device-identity.ts'
import type { WayOut } from './dial.ts'

/** How the nucleus's connection leaves the core, by its configuration. */
export const wayOut = ({ proxy }: DeviceSettings, { rootCaFile }: DeviceIdentity): WayOut | undefined =>
  proxy && { proxy, rootCaFile }
