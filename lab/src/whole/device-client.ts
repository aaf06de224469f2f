import { readFileSync } from 'node:fs'
import { csrDigest } from '@rotator/protocol/x509/csr'
import type { Device } from '../fleet/device.ts'
import { connectOnce } from '../operator/presence.ts'
import type { World } from './world.ts'

export interface Answer {
  accepted: boolean
  reply: Record<string, unknown>
}

/** Another program on a device, or whoever holds its identity: it speaks to the backend beside the component. */
export interface DeviceClient {
  /** Publishes on the topic of a request, and gives the next answer to it. */
  ask(kind: 'create' | 'commit', payload: object | string): Promise<Answer>
  end(): Promise<void>
}

export interface Identity {
  certificatePem: string
  privateKeyPem: string
}

/** The files that Greengrass is configured with, as they are now. */
export const presentIdentity = (device: Device): Identity => ({
  certificatePem: readFileSync(device.certificateFile, 'utf8'),
  privateKeyPem: readFileSync(device.privateKeyFile, 'utf8'),
})

/** @param suffix makes the client id another than Greengrass's own */
export const connectAs = async (
  world: World,
  device: Device,
  identity: Identity = presentIdentity(device),
  suffix = '#copy',
): Promise<DeviceClient> => connectFor(world, device, identity, device.thingName + suffix)

/** A client with any identity and any client id, that speaks on the topics of a device. */
export async function connectFor(
  world: World,
  device: Device,
  identity: Identity,
  clientId: string,
): Promise<DeviceClient> {
  const client = await connectOnce({ ...world.mqtt, rootCa: world.rootCa, ...identity }, clientId)
  return {
    ask: async (kind, payload) => {
      const topic = `awslabs/things/${device.thingName}/certificate/${kind}`
      await client.subscribeAsync([`${topic}/accepted`, `${topic}/rejected`], { qos: 1 })
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const answer = new Promise<Answer>(resolve => {
        const onMessage = (from: string, bytes: Buffer) => {
          if (!from.startsWith(topic)) return
          const reply = JSON.parse(bytes.toString()) as Record<string, unknown>
          if (isForAnother(text, reply)) return
          client.off('message', onMessage)
          resolve({ accepted: from.endsWith('/accepted'), reply })
        }
        client.on('message', onMessage)
      })
      await client.publishAsync(topic, text, { qos: 1 })
      return answer
    },
    end: async () => client.endAsync(),
  }
}

/** The component asks on the same topic, again and again: what answers another request's CSR is not ours. */
function isForAnother(asked: string, reply: Record<string, unknown>): boolean {
  const csr = /"csr":("(?:[^"\\]|\\.)*")/u.exec(asked)?.[1]
  if (csr === undefined || typeof reply['csrDigest'] !== 'string') return false
  return reply['csrDigest'] !== csrDigest(String(JSON.parse(csr)))
}
