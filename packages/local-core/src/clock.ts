/** Time as the core sees it. Milliseconds since the epoch; pure code and tests pass their own. */
export interface Clock {
  readonly now: () => number
  /** Runs `task` once after `delayMs`; the answer cancels it. */
  readonly after: (delayMs: number, task: () => void) => () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs` of `clock`. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => {
    clock.after(delayMs, resolve)
  })
}

/** The value of `promise`, or `'timeout'` when it has not settled within `timeoutMs`. */
export function orTimeout<T>(clock: Clock, timeoutMs: number, promise: Promise<T>): Promise<T | 'timeout'> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => resolve('timeout'))
    promise.then(resolve, reject).finally(cancel)
  })
}
