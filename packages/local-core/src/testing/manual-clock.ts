import type { Clock } from '../clock.ts'

interface Task {
  readonly dueMs: number
  readonly order: number
  readonly run: () => void
}

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time forward and runs what falls due, in order; lets promises settle between tasks. */
  readonly advance: (byMs: number) => Promise<void>
}

export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  let nowMs = startMs
  let order = 0
  const tasks = new Set<Task>()
  const nextDue = (limitMs: number) =>
    [...tasks].filter(task => task.dueMs <= limitMs).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0]
  return {
    now: () => nowMs,
    after: (delayMs, run) => {
      const task = { dueMs: nowMs + delayMs, order: order++, run }
      tasks.add(task)
      return () => tasks.delete(task)
    },
    advance: async byMs => {
      const targetMs = nowMs + byMs
      await settle()
      for (let task = nextDue(targetMs); task !== undefined; task = nextDue(targetMs)) {
        nowMs = task.dueMs
        tasks.delete(task)
        task.run()
        await settle()
      }
      nowMs = targetMs
    },
  }
}

const settle = () => new Promise<void>(resolve => setImmediate(resolve))
