import type { Device } from '../fleet/device.ts'
import type { PresenceEvent } from '../operator/presence.ts'
import type { StoryEvent } from './story.ts'

/** Follows one device's connections, and measures how long it was offline between OLD and NEW. */
export class DeviceWatch {
  readonly #device: Device
  readonly #show: (event: StoryEvent) => void
  #lastGoodbyeOfOld = 0
  #firstHelloOfNew = 0
  #online = Promise.withResolvers<void>()

  constructor(device: Device, show: (event: StoryEvent) => void) {
    this.#device = device
    this.#show = show
  }

  /** Settles when the core has connected for the first time. */
  get online(): Promise<void> {
    return this.#online.promise
  }

  /** Milliseconds from the last disconnect with OLD to the first accepted connection with NEW; 0 if unknown. */
  get offlineMs(): number {
    return this.#firstHelloOfNew === 0 ? 0 : Math.max(0, this.#firstHelloOfNew - this.#lastGoodbyeOfOld)
  }

  onPresence(event: PresenceEvent): void {
    const identity = event.certificateId === this.#device.old.certificateId ? 'OLD' : 'NEW'
    if (event.kind === 'connected') {
      this.#online.resolve()
      if (identity === 'NEW' && this.#firstHelloOfNew === 0) this.#firstHelloOfNew = event.at
    } else if (identity === 'OLD' && this.#firstHelloOfNew === 0) {
      this.#lastGoodbyeOfOld = event.at
    }
    this.#show({ kind: event.kind, identity })
  }
}
