import type { TaskMeta } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** How often the fault that the test is named for really happened in it. */
    fired?: number
  }
}

/** Counts the fault that a test is named for. A test in which it did not happen shows nothing. */
export function fired({ meta }: { meta: TaskMeta }, times = 1): void {
  meta.fired = (meta.fired ?? 0) + times
}
