import { expect, test } from 'vitest'
import { loadCrt } from './crt-library.ts'
import { fromMqtt5 } from './crt-messages.ts'

test('an empty payload, which the library hands over detached, is an empty message', async () => {
  const crt = await loadCrt()
  const detached = new ArrayBuffer(0)
  structuredClone(detached, { transfer: [detached] })
  const message = fromMqtt5(crt, { topicName: 'a/b', qos: crt.mqtt5.QoS.AtLeastOnce, payload: detached })
  expect(message).toMatchObject({ topic: 'a/b', qos: 1, payload: new Uint8Array() })
})
