import type { Timers } from '../timers.ts'

interface Alarm {
  atMs: number
  task: () => void
}

/** A clock that moves only when a test says so. */
export class FakeTimers implements Timers {
  #nowMs: number
  #alarms: Alarm[] = []

  constructor(nowMs = 1_800_000_000_000) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  after(delayMs: number, task: () => void): () => void {
    const alarm = { atMs: this.#nowMs + delayMs, task }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter(other => other !== alarm)
    }
  }

  /** Delays of the alarms that are set, in the order in which they ring. */
  pending(): number[] {
    return this.#alarms.map(alarm => alarm.atMs - this.#nowMs).sort((a, b) => a - b)
  }

  /** Moves the clock and rings every alarm that falls due, earliest first. */
  advance(byMs: number): void {
    const until = this.#nowMs + byMs
    for (;;) {
      const [due] = this.#alarms.filter(alarm => alarm.atMs <= until).sort((a, b) => a.atMs - b.atMs)
      if (due === undefined) break
      this.#alarms = this.#alarms.filter(alarm => alarm !== due)
      this.#nowMs = Math.max(this.#nowMs, due.atMs)
      due.task()
    }
    this.#nowMs = until
  }
}
