import { createConfigTree } from '@rotator/local-core/config/config-tree'
import { readDeviceSettings } from '@rotator/local-core/config/device-settings'
import { openNetworkLink } from '@rotator/local-core/mqtt/network-link'
import { openInOwnProcess } from '@rotator/local-core/mqtt/own-process/own-process'
import { readTokenIdentity, type TokenIdentity } from '@rotator/local-core/pkcs11/token-identity'
import { parseListing } from '@rotator/local-core/pkcs11/token-listing'
import { fastTimings } from '@rotator/local-core/timings'
import { tokenObjectLabel } from '../fleet/device.ts'
import { pkcs11ToolIn } from '../tokens/pkcs11-tool.ts'
import type { Token } from '../tokens/token.ts'
import { inTemporaryFile } from './temporary-file.ts'

export interface Endpoint {
  host: string
  port: number
  rootCa: string
}

/** The identity that a nucleus finds in the token, and how many private keys there are besides. */
export function presentInToken(token: Token): TokenIdentity & { otherKeys: number } {
  const { library, slot, userPin } = token
  const paths = {
    certificateFilePath: `pkcs11:object=${tokenObjectLabel};type=cert`,
    privateKeyPath: `pkcs11:object=${tokenObjectLabel};type=private`,
    pkcs11: { library, slot, userPin },
  }
  const identity = readTokenIdentity(paths, (_provider, args) => pkcs11ToolIn(token, args))
  const listed = parseListing(pkcs11ToolIn(token, ['--list-objects']).toString())
  return { ...identity, otherKeys: listed.filter(({ kind }) => kind === 'private-key').length - 1 }
}

const withinMs = 20_000

/** Whether the endpoint accepts the certificate with the key that the token holds, through AWS's own library. */
export async function connectsWith(
  { environment }: Token,
  identity: TokenIdentity,
  { host, port, rootCa }: Endpoint,
  clientId: string,
): Promise<boolean> {
  const network = await openNetworkLink()
  const defaults = readDeviceSettings(createConfigTree())
  const settings = { ...defaults, iotDataEndpoint: host, mqtt: { ...defaults.mqtt, port } }
  try {
    return await inTemporaryFile(rootCa, async rootCaFile => {
      const outcome = Promise.withResolvers<boolean>()
      const opening = {
        settings,
        timings: fastTimings,
        identity: { ...identity, kind: 'token' as const, rootCaFile, fingerprint: '' },
        proxyPort: network.leaveBy(undefined),
        clientId,
        resumeSession: false,
      }
      const connection = openInOwnProcess(
        opening,
        () => opening,
        {
          connected: () => outcome.resolve(true),
          failed: () => outcome.resolve(false),
          disconnected: () => outcome.resolve(false),
          message: () => undefined,
        },
        { ...process.env, ...environment },
      )
      const late = setTimeout(() => outcome.resolve(false), withinMs)
      const isAccepted = await outcome.promise
      clearTimeout(late)
      await connection.stop()
      return isAccepted
    })
  } finally {
    await network.close()
  }
}
