import type { MessageFaults } from '../faults/message-faults.ts'
import type { MessageBus } from '../mqtt/message-bus.ts'
import type { ShadowChanges } from './shadow-changes.ts'
import { ShadowError } from './shadow-error.ts'
import { parseShadowTopic } from './shadow-topics.ts'
import { tokenOf, wholeDocument } from './shadow-view.ts'
import type { Shadows } from './shadows.ts'
import { clientTokenOf, parseUpdateRequest } from './update-request.ts'

/** Shadows by MQTT: unlike replies of Jobs, those of shadows go to every subscriber. */
export function serveMqtt(deps: {
  shadows: Shadows
  changes: ShadowChanges
  bus: MessageBus
  faults: MessageFaults
  nowSeconds: () => number
}): void {
  deps.bus.reserve({
    matches: topic => parseShadowTopic(topic) !== undefined,
    receive: ({ topic, payload }) => deps.faults.pass(topic, () => answer(topic, payload)),
  })

  function answer(topic: string, payload: Buffer): void {
    const request = parseShadowTopic(topic)
    if (request === undefined) return
    const { id, verb } = request
    try {
      if (verb === 'update') deps.changes.update(id, parseUpdateRequest(payload))
      else if (verb === 'delete') deps.changes.delete(id, lenientToken(payload))
      else {
        const token = tokenOf(clientTokenOf(payload))
        deps.changes.publish(id, 'get/accepted', {
          ...wholeDocument(deps.shadows.get(id), deps.nowSeconds()),
          ...token,
        })
      }
    } catch (error) {
      if (!(error instanceof ShadowError)) throw error
      const { code, message } = error
      const token = tokenOf(lenientToken(payload))
      deps.changes.publish(id, `${verb}/rejected`, { code, message, timestamp: deps.nowSeconds(), ...token })
    }
  }
}

/** The token of a body that may be anything: a delete's body does not count, and a rejection echoes what it can. */
function lenientToken(payload: Buffer): string | undefined {
  try {
    return clientTokenOf(payload)
  } catch {
    return undefined
  }
}
