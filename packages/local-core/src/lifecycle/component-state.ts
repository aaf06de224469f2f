import type { Clock } from '../clock.ts'
import { type ComponentState, type ErrorTimes, reportState } from './error-counter.ts'

/** Where one component stands, with the memory of its errors. */
export interface StateKeeper {
  readonly current: () => ComponentState
  /** Reports a state; three errors make it BROKEN instead. Answers where the component stands then. */
  readonly enter: (next: ComponentState) => ComponentState
  /** Back to NEW, which nobody is told. */
  readonly renew: () => void
  readonly forgetErrors: () => void
}

export function createStateKeeper(
  clock: Clock,
  errorResetMs: number,
  tell: (state: ComponentState) => void,
): StateKeeper {
  let state: ComponentState = 'NEW'
  let errors: ErrorTimes = {}
  return {
    current: () => state,
    enter: next => {
      const report = reportState(errors, { current: state, next, atMs: clock.now() }, errorResetMs)
      errors = report.errors
      state = report.next
      tell(state)
      return state
    },
    renew: () => {
      state = 'NEW'
    },
    forgetErrors: () => {
      errors = {}
    },
  }
}
