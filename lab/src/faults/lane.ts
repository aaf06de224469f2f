import type { Socket } from 'node:net'
import { type Direction, latencyMs, paceMs, swallows, type Weather } from './weather.ts'

/** One direction of a connection. */
export interface Lane {
  hasLost: () => boolean
  stop: () => void
}

export interface LaneOptions {
  from: Socket
  to: Socket
  direction: Direction
  /** As it is now. */
  weather: () => Weather
  counts: { delayed: number; lost: number }
}

/** Hands data on in its order, as late as the weather makes it, or not at all. */
export function lane({ from, to, direction, weather, counts }: LaneOptions): Lane {
  const timers = new Set<NodeJS.Timeout>()
  let lost = false
  let lastDueMs = 0
  /** Nothing overtakes what waits. */
  let waiting = 0
  const later = (dueMs: number, task: () => void) => {
    waiting += 1
    const timer = setTimeout(() => {
      timers.delete(timer)
      waiting -= 1
      task()
    }, dueMs - performance.now())
    timers.add(timer)
  }
  const inTurn = (bytes: number, task: () => void) => {
    const now = performance.now()
    const ownMs = latencyMs(weather())
    // At least a little after the one before: Node.js keeps no order between timers of different lengths.
    const dueMs = Math.max(now + ownMs, waiting > 0 ? lastDueMs + 1 : 0) + paceMs(weather(), bytes)
    lastDueMs = dueMs
    if (dueMs <= now) task()
    else later(dueMs, task)
    return dueMs > now
  }
  from.on('data', (data: Buffer) => {
    if (swallows(weather(), direction)) {
      lost = true
      counts.lost += 1
      return
    }
    const isLate = inTurn(data.length, () => {
      if (!to.write(data)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    })
    if (isLate) counts.delayed += 1
  })
  from.on('end', () => {
    if (!swallows(weather(), direction)) inTurn(0, () => to.end())
  })
  return {
    hasLost: () => lost,
    stop: () => {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
