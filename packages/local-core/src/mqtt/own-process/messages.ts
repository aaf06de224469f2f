import type { DeviceSettings } from '../../config/device-settings.ts'
import type { Timings } from '../../timings.ts'
import type { HeldIdentity } from '../device-identity.ts'
import type { MqttMessage } from '../mqtt-proxy.ts'

/** The first message to the process: what to connect with. The PIN goes this way and no other. */
export interface Opening {
  readonly settings: DeviceSettings
  readonly timings: Timings
  readonly identity: HeldIdentity
  readonly proxyPort: number
  readonly clientId: string
  readonly resumeSession: boolean
}

export type Order =
  | { readonly kind: 'subscribe'; readonly filter: string; readonly qos: 0 | 1 }
  | { readonly kind: 'unsubscribe'; readonly filter: string }
  | { readonly kind: 'publish'; readonly message: MqttMessage }
  | { readonly kind: 'stop' }

/** Every later message to the process; it is answered under its number. */
export interface NumberedOrder {
  readonly number: number
  readonly order: Order
}

/** What the process tells. */
export type Report =
  | { readonly kind: 'done'; readonly number: number; readonly code: number }
  | { readonly kind: 'not-done'; readonly number: number; readonly reason: string }
  | { readonly kind: 'connected'; readonly sessionPresent: boolean }
  | { readonly kind: 'disconnected' | 'failed'; readonly reason: string }
  | { readonly kind: 'message'; readonly message: MqttMessage }
