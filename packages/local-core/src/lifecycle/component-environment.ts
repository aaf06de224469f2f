import type { DeviceSettings } from '../config/device-settings.ts'
import type { RootLayout } from '../provision/root-layout.ts'

/** Longest socket path that a component is given as it is. */
const longestSocketPath = 107

/** The variables that the classic nucleus gives to a component, besides its own environment. */
export function componentEnvironment(
  device: DeviceSettings,
  layout: RootLayout,
  authToken: string,
): Readonly<Record<string, string>> {
  const socketPath =
    Buffer.byteLength(layout.ipcSocket) > longestSocketPath ? '../../ipc.socket' : layout.ipcSocket
  return {
    SVCUID: authToken,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authToken,
    AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH: socketPath,
    AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: socketPath,
    AWS_IOT_THING_NAME: device.thingName,
    AWS_REGION: device.awsRegion,
    AWS_DEFAULT_REGION: device.awsRegion,
    GGC_VERSION: device.nucleusVersion,
    GG_ROOT_CA_PATH: device.rootCaPath,
  }
}
