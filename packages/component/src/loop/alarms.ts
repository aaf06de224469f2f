import type { Effect, TimerName } from '@rotator/rotation/device/effects'
import type { DeviceEvent } from '@rotator/rotation/device/events'
import type { Timers } from '../timers.ts'
import type { Hearing } from './hearing.ts'

/** The state machine's timers: one a name, a later one replaces an earlier one. */
export class Alarms {
  readonly #timers: Timers
  readonly #random: () => number
  readonly #onAlarm: (event: DeviceEvent) => void
  readonly #hearing: Pick<Hearing, 'listen'>
  readonly #armed = new Map<TimerName, () => void>()

  /**
   * @param random from 0 to 1, for the spread
   * @param hearing nothing is ever missed unless it says so
   */
  constructor(
    timers: Timers,
    random: () => number,
    onAlarm: (event: DeviceEvent) => void,
    hearing: Pick<Hearing, 'listen'> = { listen: () => () => false },
  ) {
    this.#timers = timers
    this.#random = random
    this.#onAlarm = onAlarm
    this.#hearing = hearing
  }

  arm({ name, phase, afterMs, spreadMs }: Extract<Effect, { kind: 'arm-timer' }>): void {
    this.#armed.get(name)?.()
    const delayMs = afterMs + (2 * this.#random() - 1) * spreadMs
    const isDeaf = this.#hearing.listen()
    const cancel = this.#timers.after(delayMs, () => {
      this.#onAlarm({ kind: 'timer', name, phase, ...(isDeaf() && { deaf: true }) })
    })
    this.#armed.set(name, cancel)
  }

  stop(): void {
    for (const cancel of this.#armed.values()) cancel()
  }
}
