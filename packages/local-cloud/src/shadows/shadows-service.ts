import type { RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { createMessageFaults, type MessageFaults } from '../faults/message-faults.ts'
import type { MessageBus } from '../mqtt/message-bus.ts'
import { shadowOperations } from './http-data-plane.ts'
import { serveMqtt } from './mqtt-wire.ts'
import { createShadowChanges } from './shadow-changes.ts'
import { createShadows, type Shadows } from './shadows.ts'

export interface ShadowsService {
  readonly operations: RestOperation[]
  /** The state itself, for rules that read a shadow. */
  readonly shadows: Shadows
  /** Faults for tests: requests as devices publish them, and everything that the service publishes. */
  readonly faults: MessageFaults
}

/** The Device Shadow service: classic and named shadows, over HTTP and over the bus. */
export function shadowsService(deps: { clock: Clock; bus: MessageBus }): ShadowsService {
  const shadows = createShadows(deps.clock)
  const faults = createMessageFaults(deps.clock)
  const nowSeconds = (): number => Math.floor(deps.clock.now() / 1000)
  const changes = createShadowChanges({ shadows, bus: deps.bus, faults, nowSeconds })
  serveMqtt({ shadows, changes, bus: deps.bus, faults, nowSeconds })
  return { operations: shadowOperations({ shadows, changes, nowSeconds }), shadows, faults }
}
