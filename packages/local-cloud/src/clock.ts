/** Time as every service sees it; tests drive it with a manual clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls once, after so many milliseconds, unless cancelled. */
  after(ms: number, call: () => void): Timer
}

export interface Timer {
  cancel(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const handle = setTimeout(call, ms)
    return { cancel: () => clearTimeout(handle) }
  },
}
