import type { Clock, Timer } from '@rotator/local-cloud/clock'

interface Alarm {
  atMs: number
  /** Alarms of the same time ring in the order in which they were set. */
  order: number
  call: (() => void) | undefined
}

/** The one clock of a simulated world: it moves only from alarm to alarm. */
export class VirtualClock implements Clock {
  #nowMs: number
  #order = 0
  /** A binary heap, earliest first. */
  readonly #alarms: Alarm[] = []

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  after(ms: number, call: () => void): Timer {
    this.#order += 1
    const alarm: Alarm = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order, call }
    push(this.#alarms, alarm)
    return {
      cancel: () => {
        alarm.call = undefined
      },
    }
  }

  /** When the next alarm rings; undefined where none is set. */
  next(): number | undefined {
    for (let [first] = this.#alarms; first !== undefined; [first] = this.#alarms) {
      if (first.call !== undefined) return first.atMs
      pop(this.#alarms)
    }
    return undefined
  }

  /** Moves to the next alarm and rings it. */
  ring(): void {
    const alarm = pop(this.#alarms)
    if (alarm === undefined) return
    this.#nowMs = Math.max(this.#nowMs, alarm.atMs)
    alarm.call?.()
  }
}

const isBefore = (a: Alarm, b: Alarm): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

function push(heap: Alarm[], alarm: Alarm): void {
  let at = heap.length
  for (;;) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (at === 0 || parent === undefined || !isBefore(alarm, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = alarm
}

function pop(heap: Alarm[]): Alarm | undefined {
  const [first] = heap
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const isRight = right !== undefined && left !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (child === undefined || !isBefore(child, last)) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
  return first
}
