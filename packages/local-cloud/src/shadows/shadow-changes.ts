import type { MessageFaults } from '../faults/message-faults.ts'
import type { MessageBus } from '../mqtt/message-bus.ts'
import { shadowTopic } from './shadow-topics.ts'
import { acceptedUpdate, deltaMessage, documentsMessage, tokenOf } from './shadow-view.ts'
import type { ShadowId, Shadows } from './shadows.ts'
import type { UpdateRequest } from './update-request.ts'

/** Changes a shadow and tells everybody who listens: the messages are ordinary ones, by MQTT and by HTTP alike. */
export interface ShadowChanges {
  update(id: ShadowId, request: UpdateRequest): Record<string, unknown>
  delete(id: ShadowId, clientToken?: string): Record<string, unknown>
  publish(id: ShadowId, rest: string, body: unknown): void
}

export function createShadowChanges(deps: {
  shadows: Shadows
  bus: MessageBus
  faults: MessageFaults
  nowSeconds: () => number
}): ShadowChanges {
  function publish(id: ShadowId, rest: string, body: unknown): void {
    const topic = shadowTopic(id, rest)
    const payload = Buffer.from(JSON.stringify(body))
    deps.faults.pass(topic, () => deps.bus.publish({ topic, payload, qos: 1, source: { kind: 'service' } }))
  }
  return {
    publish,
    update(id, request) {
      const update = deps.shadows.update(id, request)
      const accepted = acceptedUpdate(request, update)
      publish(id, 'update/accepted', accepted)
      if (update.delta !== undefined) publish(id, 'update/delta', deltaMessage(request, update, update.delta))
      publish(id, 'update/documents', documentsMessage(request, update))
      return accepted
    },
    delete(id, clientToken) {
      const version = deps.shadows.delete(id)
      const accepted = { version, timestamp: deps.nowSeconds(), ...tokenOf(clientToken) }
      publish(id, 'delete/accepted', accepted)
      return accepted
    },
  }
}
