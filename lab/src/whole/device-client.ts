import { readFileSync } from 'node:fs'
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

/** The files that Greengrass is configured with, as they are now. */
export const presentIdentity = (device: Device) => ({
  certificatePem: readFileSync(device.certificateFile, 'utf8'),
  privateKeyPem: readFileSync(device.privateKeyFile, 'utf8'),
})

/** @param suffix makes the client id another than Greengrass's own */
export async function connectAs(
  world: World,
  device: Device,
  identity: { certificatePem: string; privateKeyPem: string } = presentIdentity(device),
  suffix = '#copy',
): Promise<DeviceClient> {
  const client = await connectOnce(
    { ...world.mqtt, rootCa: world.rootCa, ...identity },
    device.thingName + suffix,
  )
  return {
    ask: async (kind, payload) => {
      const topic = `awslabs/things/${device.thingName}/certificate/${kind}`
      await client.subscribeAsync([`${topic}/accepted`, `${topic}/rejected`], { qos: 1 })
      const answer = new Promise<Answer>(resolve => {
        const onMessage = (from: string, bytes: Buffer) => {
          if (!from.startsWith(topic)) return
          client.off('message', onMessage)
          resolve({
            accepted: from.endsWith('/accepted'),
            reply: JSON.parse(bytes.toString()) as Record<string, unknown>,
          })
        }
        client.on('message', onMessage)
      })
      await client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), {
        qos: 1,
      })
      return answer
    },
    end: async () => client.endAsync(),
  }
}
