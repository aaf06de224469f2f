/**
 * Resolves when everything has run that waits for nothing but other promises: a tick comes when no promise is left to
 * settle. In a simulated world nothing waits for anything else, but for its virtual clock. The event loop does not turn
 * for it, which would take most of the time of a step.
 */
export const quiet = (): Promise<void> =>
  new Promise(resolve => {
    process.nextTick(resolve)
  })

/** What a dead process waits for. Each has its own, so that what waits is forgotten with it. */
export const never = (): Promise<never> => new Promise(() => {})
