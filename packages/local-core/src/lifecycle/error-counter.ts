export type ComponentState =
  | 'NEW'
  | 'INSTALLED'
  | 'STARTING'
  | 'RUNNING'
  | 'STOPPING'
  | 'FINISHED'
  | 'ERRORED'
  | 'BROKEN'

/** Times of the errors reported from each state, newest last. */
export type ErrorTimes = Readonly<Partial<Record<ComponentState, readonly number[]>>>

const errorsUntilBroken = 3

/**
 * What a report from `current` leads to. Errors add up per state while each follows the last within
 * `errorResetMs`; the third makes the component BROKEN; any other report from that state forgets them.
 */
export function reportState(
  errors: ErrorTimes,
  report: { readonly current: ComponentState; readonly next: ComponentState; readonly atMs: number },
  errorResetMs: number,
): { readonly next: ComponentState; readonly errors: ErrorTimes } {
  const { current, next, atMs } = report
  if (next !== 'ERRORED') return { next, errors: { ...errors, [current]: [] } }
  const before = errors[current] ?? []
  const lastMs = before.at(-1)
  const times = lastMs !== undefined && atMs - lastMs >= errorResetMs ? [atMs] : [...before, atMs]
  return {
    next: times.length >= errorsUntilBroken ? 'BROKEN' : 'ERRORED',
    errors: { ...errors, [current]: times },
  }
}
