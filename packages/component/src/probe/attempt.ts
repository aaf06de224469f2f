import { createSecureContext } from 'node:tls'
import type { ThingName } from '@rotator/protocol/ids'
import type { Slot } from '@rotator/rotation/device/effects'
import { type FileSystem, fileErrorCode } from '../identities/files/file-system.ts'
import { slotFiles } from '../identities/files/slot-files.ts'
import type { IdentityPaths } from '../keys/inspect-identity.ts'
import { messageOf } from '../message-of.ts'
import { type CloudSettings, proxyFor, readCloudSettings } from '../nucleus/cloud-settings.ts'
import type { Timers } from '../timers.ts'
import type { ChannelOptions, KeyPair } from './channel.ts'
import { tryCredentials } from './credentials-attempt.ts'
import { type Attempt, found } from './finding.ts'
import { tryMqtt } from './mqtt-attempt.ts'

export interface ProbeRequest {
  /** The Greengrass root folder. */
  root: string
  thingName: ThingName
  /** The configured identity. */
  paths: IdentityPaths
  slot: Slot
}

/** For one endpoint, from the name's resolution to its answer. */
const attemptTimeoutMs = 15_000

/** AWS IoT takes no longer client id. */
const clientIdLimitBytes = 128

/** Tries one identity at the endpoints that Greengrass is configured with, on the way that it goes itself. */
export async function attempt(fs: FileSystem, timers: Timers, request: ProbeRequest): Promise<Attempt> {
  const { thingName } = request
  const reading = readCloudSettings(fs, request.root)
  if (!reading.ok) return impossible(reading.problem)
  const clientId = `${thingName}#certificate-probe`
  if (Buffer.byteLength(clientId) > clientIdLimitBytes) {
    return impossible('The name of the thing is too long for a client id beside its own.')
  }
  const identity = readKeyPair(fs, request)
  if (typeof identity === 'string') return impossible(identity)
  const { settings } = reading
  const rootCa = readRootCa(fs, settings)
  if (rootCa.problem !== undefined) return { mqtt: found('unreachable', rootCa.problem) }
  const way = (host: string, port: number): Omit<ChannelOptions, 'protocols'> => ({
    host,
    port,
    proxy: proxyFor(host, settings),
    rootCa: rootCa.pem,
    identity,
    timers,
    timeoutMs: attemptTimeoutMs,
  })
  const mqtt = await tryMqtt(way(settings.dataEndpoint, settings.mqttPort), clientId)
  if (settings.credentials === undefined || mqtt.outcome !== 'accepted') return { mqtt }
  const { endpoint, roleAlias } = settings.credentials
  const [host = '', port = 443] = endpoint.split(':')
  return { mqtt, credentials: await tryCredentials(way(host, Number(port)), { roleAlias, thingName }) }
}

const impossible = (why: string): Attempt => ({ mqtt: found('impossible', why) })

/** @returns why there is none, where there is none */
function readKeyPair(fs: FileSystem, { paths, slot }: ProbeRequest): KeyPair | string {
  try {
    const files = slotFiles(fs, paths, slot)
    if (files === undefined) return `There is no ${slot} identity.`
    const identity = {
      cert: fs.read(files.certificatePath).toString(),
      key: fs.read(files.keyPath).toString(),
    }
    createSecureContext(identity)
    return identity
  } catch (error) {
    return `The ${slot} identity cannot be loaded: ${messageOf(error)}.`
  }
}

function readRootCa(fs: FileSystem, { rootCaPath }: CloudSettings): { pem?: string; problem?: string } {
  if (rootCaPath === undefined) return {}
  try {
    return { pem: fs.read(rootCaPath).toString() }
  } catch (error) {
    return { problem: `the root CA ${rootCaPath} cannot be read: ${fileErrorCode(error)}` }
  }
}
