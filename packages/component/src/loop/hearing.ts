/**
 * Whether a reply could arrive here at all. Silence tells of Greengrass's connection only for as long as it could:
 * a component without its authorization, or without the nucleus's socket, would hear nothing of the best connection.
 */
export class Hearing {
  #isDeaf = true
  #timesDeaf = 0

  /** @param isDeaf not where replies arrive, nor where it is Greengrass's own connection that keeps them from it */
  tell(isDeaf: boolean): void {
    this.#isDeaf = isDeaf
    if (isDeaf) this.#timesDeaf += 1
  }

  /** @returns what tells later whether nothing could be heard at some moment since now */
  listen(): () => boolean {
    const [wasDeaf, timesDeaf] = [this.#isDeaf, this.#timesDeaf]
    return () => wasDeaf || this.#timesDeaf !== timesDeaf
  }
}
