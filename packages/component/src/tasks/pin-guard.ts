import { StoreError } from '../identities/identity-store.ts'
import type { Secret } from '../secret.ts'
import type { Timers } from '../timers.ts'

/** What a token says of a login that may have cost a try: that the PIN is wrong, or anything else. */
export type LoginFailure = 'HSM_PIN_REFUSED' | 'HSM_LOGIN_FAILED'

const halfAMinuteMs = 30_000
const tenMinutesMs = 10 * 60_000
const anHourMs = 60 * 60_000
const locks = 'An HSM locks itself after some wrong PINs.'

const never = ` The PIN is not tried again until the configuration has changed or Greengrass has restarted. ${locks}`
const nowAndThen = ` It has worked before, so it is tried again, but not at once: after 10 minutes, and then every hour. ${locks}`
const soon = ` The login is tried again after half a minute, then after 10 minutes, and then every hour. ${locks}`

/** Decides whether a PIN is tried. */
export interface PinGuard {
  /**
   * @param access all that a login depends on, with the PIN in it
   * @throws StoreError as the login failed, where the PIN must not be tried now
   */
  admit(access: Secret): void
  /** The token let somebody log in. */
  worked(): void
  failed(code: LoginFailure, reason: string): void
}

/**
 * A PIN that may be wrong is not simply tried again: three wrong ones, by three children in half a minute, would lock many
 * a token, and Greengrass out of it.
 *
 * One that the token says is wrong, and that has not worked in this process, is not tried again by it. In all other cases
 * it is probably right, and the failure a passing one: the nucleus opens the token at the same moment, or a device is
 * busy. It gets a single try now and then, for a device in the middle of a switch may need it to be repaired. Changed
 * settings begin anew. A token that says that it is one wrong PIN from its lock is never tried, here or there.
 */
export function pinGuard(timers: Timers): PinGuard {
  let history: History = fresh(undefined)
  return {
    admit(access) {
      if (history.access?.reveal() !== access.reveal()) history = fresh(access)
      if (history.failure !== undefined) throw history.failure
    },
    worked() {
      history = { ...history, hasWorked: true, failures: 0 }
    },
    failed(code, reason) {
      const { hasWorked, failures } = history
      const isWrong = code === 'HSM_PIN_REFUSED'
      const failure = new StoreError(code, reason + prospect(isWrong, hasWorked))
      history = { ...history, failures: failures + 1, failure }
      if (isWrong && !hasWorked) return
      // An alarm, and no time of day: that may be set while the device runs.
      timers.after(pauseMs(isWrong, failures), () => {
        if (history.failure === failure) history = { ...history, failure: undefined }
      })
    },
  }
}

const fresh = (access: Secret | undefined): History => ({
  access,
  hasWorked: false,
  failures: 0,
  failure: undefined,
})

function prospect(isWrong: boolean, hasWorked: boolean): string {
  if (!isWrong) return soon
  return hasWorked ? nowAndThen : never
}

/** @param failures those before, in a row */
function pauseMs(isWrong: boolean, failures: number): number {
  if (failures === 0) return isWrong ? tenMinutesMs : halfAMinuteMs
  return failures === 1 && !isWrong ? tenMinutesMs : anHourMs
}

interface History {
  /** Of the last order. */
  access: Secret | undefined
  hasWorked: boolean
  /** In a row. */
  failures: number
  /** Undefined where the PIN may be tried. */
  failure: StoreError | undefined
}
