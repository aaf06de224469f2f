import type { DeviceSettings } from '../config/device-settings.ts'
import type { Timings } from '../timings.ts'
import type { CloudConnection, OpenRequest } from './cloud-connection.ts'
import { connectCrt } from './crt-connector.ts'
import type { CrtLibrary } from './crt-library.ts'
import { readDeviceIdentity } from './device-identity.ts'
import type { NetworkLink } from './network-link.ts'
import { openInOwnProcess } from './own-process/own-process.ts'
import { wayOut } from './way-out.ts'

export interface CloudOptions {
  readonly crt: CrtLibrary
  /** Read anew whenever a client is built. */
  readonly settings: () => DeviceSettings
  readonly timings: Timings
  readonly network: Pick<NetworkLink, 'leaveBy'>
}

/** Reads the identity as it stands now and opens a connection with it; throws where it is unusable. */
export function openCloud(options: CloudOptions, request: OpenRequest): CloudConnection {
  const { crt, timings, network } = options
  const { settings, identity } = readNow(options)
  const proxyPort = network.leaveBy(wayOut(settings, identity))
  if (identity.kind === 'files') {
    return connectCrt({ crt, settings, timings, identity, proxyPort }, request)
  }
  const { clientId, resumeSession } = request
  const opening = { settings, timings, identity, proxyPort, clientId, resumeSession }
  const again = () => ({ ...opening, ...readHeldNow(options) })
  return openInOwnProcess(opening, again, request.events)
}

const readNow = ({ settings: read }: CloudOptions) => {
  const settings = read()
  return { settings, identity: readDeviceIdentity(settings) }
}

function readHeldNow(options: CloudOptions) {
  const { settings, identity } = readNow(options)
  // The nucleus connects afresh when a path changes, which ends this connection.
  if (identity.kind === 'files') throw new Error('the identity is in files now')
  return { settings, identity }
}
