import type { MqttMessage } from './mqtt-proxy.ts'

export interface SpooledMessage {
  readonly message: MqttMessage
  attempts: number
}

/** Messages on their way to the cloud, in memory, bounded by the size of their payloads. */
export interface Spooler {
  /** Throws where the message does not fit even after QoS 0 messages were dropped. */
  readonly add: (message: MqttMessage) => void
  /** Takes the next message; its size counts until it is `sent` or dropped. */
  readonly take: () => SpooledMessage | undefined
  readonly putBack: (spooled: SpooledMessage) => void
  readonly sent: (spooled: SpooledMessage) => void
  readonly dropQos0: () => void
  readonly sizeInBytes: () => number
  readonly waiting: () => number
}

export function createSpooler(maxSizeInBytes: number): Spooler {
  const queue: SpooledMessage[] = []
  let sizeInBytes = 0
  const dropWhile = (isNeeded: () => boolean) => {
    for (let index = 0; index < queue.length && isNeeded(); ) {
      const message = queue[index]?.message
      if (message?.qos === 0) {
        queue.splice(index, 1)
        sizeInBytes -= message.payload.length
      } else {
        index++
      }
    }
  }
  return {
    add: message => {
      const bytes = message.payload.length
      if (bytes > maxSizeInBytes) throw new Error('Message is larger than the size of message spool.')
      if (sizeInBytes + bytes > maxSizeInBytes) dropWhile(() => sizeInBytes + bytes > maxSizeInBytes)
      if (sizeInBytes + bytes > maxSizeInBytes) {
        throw new Error('Message spool is full. Message could not be added.')
      }
      sizeInBytes += bytes
      queue.push({ message, attempts: 0 })
    },
    take: () => queue.shift(),
    putBack: spooled => queue.unshift(spooled),
    sent: ({ message }) => {
      sizeInBytes -= message.payload.length
    },
    dropQos0: () => dropWhile(() => true),
    sizeInBytes: () => sizeInBytes,
    waiting: () => queue.length,
  }
}
