/**
 * Resolves when everything has run that waits for nothing but other promises: promises are settled before the event
 * loop turns. In a simulated world nothing waits for anything else, but for its virtual clock.
 */
export const quiet = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve)
  })

/** What a dead process waits for. Each has its own, so that what waits is forgotten with it. */
export const never = (): Promise<never> => new Promise(() => {})
