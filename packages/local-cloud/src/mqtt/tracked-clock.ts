import type { Clock, Timer } from '../clock.ts'

/** A clock that can cancel all that is still to come. */
export interface TrackedClock extends Clock {
  cancelAll(): void
}

export function trackedClock(clock: Clock): TrackedClock {
  const timers = new Set<Timer>()
  return {
    now: () => clock.now(),
    after(ms, call) {
      const timer = clock.after(ms, () => {
        timers.delete(tracked)
        call()
      })
      const tracked = {
        cancel() {
          timers.delete(tracked)
          timer.cancel()
        },
      }
      timers.add(tracked)
      return tracked
    },
    cancelAll() {
      for (const timer of timers) timer.cancel()
    },
  }
}
