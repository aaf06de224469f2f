/**
 * Whether a reply could arrive here at all. Silence tells of Greengrass's connection only for as long as it could:
 * a component without its authorization, or without the nucleus's socket, would hear nothing of the best connection.
 */
export class Hearing {
  #isDeaf = true
  #timesDeaf = 0

  /** The topics of replies are subscribed to, or it is Greengrass's connection that keeps them from being. */
  able(): void {
    this.#isDeaf = false
  }

  deaf(): void {
    this.#isDeaf = true
    this.#timesDeaf += 1
  }

  /** @returns what tells later whether nothing could be heard at some moment since now */
  listen(): () => boolean {
    const [wasDeaf, timesDeaf] = [this.#isDeaf, this.#timesDeaf]
    return () => wasDeaf || this.#timesDeaf !== timesDeaf
  }
}
