import { StoreError } from '../identities/identity-store.ts'
import type { Secret } from '../secret.ts'
import type { Timers } from '../timers.ts'

const pausesMs = [10 * 60_000, 60 * 60_000] as const

const notAgain =
  ' It is not tried again until the configuration has changed or Greengrass has restarted: an HSM locks itself after some wrong PINs.'
const notNow =
  ' It has worked before, so it is tried again, but not at once: after 10 minutes, and then every hour. An HSM locks itself after some wrong PINs.'

/** Decides whether a PIN is tried. */
export interface PinGuard {
  /**
   * @param access all that a login depends on, with the PIN in it
   * @throws StoreError `HSM_PIN_REFUSED` where the PIN must not be tried now
   */
  admit(access: Secret): void
  /** The token let somebody log in. */
  worked(): void
  refused(reason: string): void
}

/**
 * A PIN that the token has refused is not simply tried again: three wrong ones, by three children in half a minute, would
 * lock many a token, and Greengrass out of it.
 *
 * One that has worked in this process is probably right, and the refusal a fault of the token's: it gets a single try
 * now and then. One that never has is not tried again by this process. Changed settings begin anew.
 */
export function pinGuard(timers: Timers): PinGuard {
  let history: History = { access: undefined, hasWorked: false, refusals: 0, refusal: undefined }
  return {
    admit(access) {
      if (history.access?.reveal() !== access.reveal()) {
        history = { access, hasWorked: false, refusals: 0, refusal: undefined }
      }
      if (history.refusal !== undefined) throw history.refusal
    },
    worked() {
      history = { ...history, hasWorked: true, refusals: 0 }
    },
    refused(reason) {
      const { hasWorked, refusals } = history
      const refusal = new StoreError('HSM_PIN_REFUSED', reason + (hasWorked ? notNow : notAgain))
      history = { ...history, refusals: refusals + 1, refusal }
      if (!hasWorked) return
      // An alarm, and no time of day: that may be set while the device runs.
      timers.after(refusals === 0 ? pausesMs[0] : pausesMs[1], () => {
        if (history.refusal === refusal) history = { ...history, refusal: undefined }
      })
    },
  }
}

interface History {
  /** Of the last order. */
  access: Secret | undefined
  hasWorked: boolean
  /** In a row. */
  refusals: number
  /** Undefined where the PIN may be tried. */
  refusal: StoreError | undefined
}
