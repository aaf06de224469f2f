import { type IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane'

/** Messages to a device. */
export interface Replies {
  publish(topic: string, payload: object, qos: 0 | 1): Promise<void>
}

export function iotReplies(client: IoTDataPlaneClient): Replies {
  return {
    async publish(topic, payload, qos) {
      await client.send(new PublishCommand({ topic, qos, payload: Buffer.from(JSON.stringify(payload)) }))
    },
  }
}
