/** The time of day and alarms, as a port so that tests own the clock. */
export interface Timers {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `task` once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, task: () => void): () => void
}

/** Node's own clock. An alarm keeps the process alive. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    return () => {
      clearTimeout(timer)
    }
  },
}
