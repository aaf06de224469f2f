import type { Clock } from '../clock.ts'
import { filterMatches } from './topic-filter.ts'

/** A disturbance of messages, set by a lab. */
export interface MessageFault {
  readonly id: string
  readonly direction: 'to-cloud' | 'from-cloud'
  /** MQTT filter of the topics that it disturbs. */
  readonly filter: string
  readonly action: 'drop' | 'delay' | 'duplicate'
  /** For `delay`, and for the second copy of `duplicate`. */
  readonly delayMs: number
  /** How many messages it still hits; null for all. */
  readonly times: number | null
}

/** Disturbs messages and counts how often each fault fired. */
export interface MessageFaults {
  readonly set: (faults: readonly MessageFault[]) => void
  readonly fired: () => Readonly<Record<string, number>>
  /** Runs `deliver` never, once, later or twice; answers whether it was left alone. */
  readonly pass: (direction: MessageFault['direction'], topic: string, deliver: () => void) => boolean
}

export function createMessageFaults(clock: Clock): MessageFaults {
  let faults: { fault: MessageFault; left: number }[] = []
  const fired = new Map<string, number>()
  return {
    set: next => {
      faults = next.map(fault => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }))
    },
    fired: () => Object.fromEntries(fired),
    pass: (direction, topic, deliver) => {
      const hit = faults.find(
        ({ fault, left }) => left > 0 && fault.direction === direction && filterMatches(fault.filter, topic),
      )
      if (hit === undefined) {
        deliver()
        return true
      }
      hit.left--
      fired.set(hit.fault.id, (fired.get(hit.fault.id) ?? 0) + 1)
      if (hit.fault.action === 'duplicate') deliver()
      if (hit.fault.action !== 'drop') clock.after(hit.fault.delayMs, deliver)
      return false
    },
  }
}
