import { request } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { type ChannelOptions, throughChannel } from './channel.ts'
import { type Finding, found } from './finding.ts'

export interface CredentialsRequest {
  roleAlias: string
  thingName: string
}

/**
 * Tries an identity at the credential endpoint, as Greengrass asks it for its components. The credentials themselves are
 * not read.
 */
export const tryCredentials = async (
  options: Omit<ChannelOptions, 'protocols'>,
  asked: CredentialsRequest,
): Promise<Finding> =>
  throughChannel({ ...options, protocols: ['http/1.1'] }, async (socket, signal) =>
    get(socket, options.host, asked, signal),
  )

async function get(
  socket: TLSSocket,
  host: string,
  { roleAlias, thingName }: CredentialsRequest,
  signal: AbortSignal,
): Promise<Finding> {
  const sent = request({
    createConnection: () => socket,
    host,
    path: `/role-aliases/${encodeURIComponent(roleAlias)}/credentials`,
    headers: { 'x-amzn-iot-thingname': thingName },
    signal,
  })
  sent.end()
  const statusCode = await new Promise<number | undefined>((resolve, reject) => {
    sent.on('error', reject)
    sent.once('response', response => {
      resolve(response.statusCode)
    })
  })
  const why = `the credential endpoint answered ${statusCode}`
  if (statusCode === 200) return found('accepted', why)
  return found(isAboutTheCaller(statusCode) ? 'refused' : 'unreachable', why)
}

/** As the nucleus itself reads them: forbidden, or no such role alias for this device; all else may pass. */
const isAboutTheCaller = (statusCode: number | undefined): boolean =>
  statusCode !== undefined && [401, 403, 404].includes(statusCode)
