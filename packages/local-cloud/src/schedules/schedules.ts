import type { Clock, Timer } from '../clock.ts'
import { nextTime, type ScheduleExpression } from './schedule-expression.ts'

export interface Schedule {
  expression: ScheduleExpression
  /** Called with the time that it was due at. */
  run: (dueAtMs: number) => void
}

/** No timer is set further ahead: Node.js keeps no longer ones. */
const longestTimerMs = 24 * 60 * 60 * 1000

/** Everything that happens by the clock: EventBridge rules and schedules. */
export class Schedules {
  readonly #clock: Clock
  readonly #timers = new Map<string, Timer>()
  readonly #schedules = new Map<string, Schedule>()
  readonly #scale: number

  /** @param scale what the time until the next run of a `rate` is multiplied by */
  constructor(clock: Clock, scale = 1) {
    this.#clock = clock
    this.#scale = scale
  }

  put(id: string, schedule: Schedule): void {
    this.delete(id)
    this.#schedules.set(id, schedule)
    const { expression } = schedule
    const scaled =
      expression.kind === 'rate' ? { ...expression, everyMs: expression.everyMs * this.#scale } : expression
    this.#arm(id, { ...schedule, expression: scaled }, this.#clock.now(), this.#clock.now())
  }

  delete(id: string): void {
    this.#timers.get(id)?.cancel()
    this.#timers.delete(id)
    this.#schedules.delete(id)
  }

  /** Runs what is not due yet, as of now; its own times stay as they are. */
  runNow(id: string): void {
    this.#schedules.get(id)?.run(this.#clock.now())
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #arm(id: string, schedule: Schedule, madeAtMs: number, afterMs: number): void {
    const dueAtMs = nextTime(schedule.expression, madeAtMs, afterMs)
    if (dueAtMs === undefined) return
    const wait = () => {
      const leftMs = dueAtMs - this.#clock.now()
      if (leftMs > 0) {
        this.#timers.set(id, this.#clock.after(Math.min(leftMs, longestTimerMs), wait))
        return
      }
      this.#arm(id, schedule, madeAtMs, dueAtMs)
      schedule.run(dueAtMs)
    }
    wait()
  }
}
