import { Session } from 'node:inspector'

/** Counts which blocks of the product's code run in this thread, by V8's own counters. */
export class Coverage {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** The blocks that ran since this was last asked. */
  take(): Set<string> {
    const blocks = new Set<string>()
    // In the same thread the answer is there before the call returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error
      for (const { url, functions } of result.filter(script =>
        /\/packages\/[^/]+\/src\//u.test(script.url),
      )) {
        for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
          if (count > 0) blocks.add(`${url}:${startOffset}:${endOffset}`)
        }
      }
    })
    return blocks
  }

  stop(): void {
    this.#session.disconnect()
  }
}
