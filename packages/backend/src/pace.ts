/** Makes calls no faster than a pace, each when its turn comes. */
export type Pace = <T>(call: () => Promise<T>) => Promise<T>

export interface PacePorts {
  /** Milliseconds since 1970. */
  now: () => number
  pause: (ms: number) => Promise<void>
}

/** @param everyMs the least time between the starts of two calls */
export function paceOf({ now, pause }: PacePorts, everyMs: number): Pace {
  let nextAtMs = 0
  return async call => {
    const nowMs = now()
    const atMs = Math.max(nowMs, nextAtMs)
    nextAtMs = atMs + everyMs
    await pause(atMs - nowMs)
    return call()
  }
}
