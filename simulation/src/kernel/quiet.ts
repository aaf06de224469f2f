/**
 * Resolves when everything has run that waits for nothing but other promises: promises are settled before the event
 * loop turns. In a simulated world nothing waits for anything else, but for its virtual clock.
 */
export const quiet = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve)
  })

/** What a dead process still waits for. */
export const never = new Promise<never>(() => {})
