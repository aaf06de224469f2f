import type { Clock, Timer } from '../clock.ts'

export interface Deadline {
  cancel(): void
}

/** Many deadlines on one timer of the clock, due in the order of their times. */
export interface Deadlines {
  at(timeMs: number, call: () => void): Deadline
}

interface Entry {
  timeMs: number
  sequence: number
  call: (() => void) | undefined
}

/** Timers of Node fire at once where the delay exceeds 2^31 ms; a job may be scheduled a year ahead. */
const longestWaitMs = 24 * 60 * 60 * 1000

/** A binary heap: ten thousand running executions cost one timer, and a cancelled deadline nothing until it is due. */
export function createDeadlines(clock: Clock): Deadlines {
  const heap: Entry[] = []
  let sequence = 0
  let armed: { timeMs: number; timer: Timer } | undefined

  function arm(): void {
    while (heap[0] !== undefined && heap[0].call === undefined) pop(heap)
    const first = heap[0]
    if (armed !== undefined && armed.timeMs === first?.timeMs) return
    armed?.timer.cancel()
    if (first === undefined) {
      armed = undefined
      return
    }
    const wait = Math.min(Math.max(0, first.timeMs - clock.now()), longestWaitMs)
    armed = { timeMs: first.timeMs, timer: clock.after(wait, fire) }
  }

  function fire(): void {
    armed = undefined
    const now = clock.now()
    for (let first = heap[0]; first !== undefined && first.timeMs <= now; first = heap[0]) {
      pop(heap)
      first.call?.()
    }
    arm()
  }

  return {
    at(timeMs, call) {
      sequence += 1
      const entry: Entry = { timeMs, sequence, call }
      push(heap, entry)
      arm()
      return {
        cancel() {
          entry.call = undefined
          arm()
        },
      }
    },
  }
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence)

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length
  heap.push(entry)
  for (;;) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || !isBefore(entry, parent)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const [a, b] = [heap[left], heap[left + 1]]
    if (a === undefined) break
    const [childIndex, child] = b !== undefined && isBefore(b, a) ? [left + 1, b] : [left, a]
    if (!isBefore(child, last)) break
    heap[index] = child
    index = childIndex
  }
  heap[index] = last
}
