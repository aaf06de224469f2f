import type { Passage } from '@rotator/local-cloud/mqtt/broker-state'
import type { World } from './world.ts'

/**
 * Tells by which certificate the sender of a message is connected.
 *
 * Only of clients that connected since this was called.
 */
export function watchConnections(world: World): (passage: Passage) => string | undefined {
  const certificates = new Map<string, string>()
  world.cloud.services.broker.observe(event => {
    if (event.kind === 'connected') certificates.set(event.client.clientId, event.client.certificateId)
  })
  return ({ clientId }) => certificates.get(clientId)
}
