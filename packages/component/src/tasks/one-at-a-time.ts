/** Starts a piece of work when the one before it has ended, in whatever way. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return async work => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
