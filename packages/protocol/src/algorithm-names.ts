import type { Algorithms } from './algorithms.ts'

/** Both names as somebody wrote them, unchecked. */
export type AlgorithmNames = { [name in keyof Algorithms]: string }

/**
 * Reads the two names from a configuration or a job document, which may be anything. Whether there are such
 * algorithms is not judged here, so that whatever is wrong with them is told in one way.
 *
 * @param otherwise what counts where a name is not given
 */
export function readAlgorithmNames(settings: unknown, otherwise: AlgorithmNames): AlgorithmNames {
  const given = Object(settings)
  const read = (name: keyof AlgorithmNames): string => {
    const value: unknown = given[name]
    if (value === undefined || value === null) return otherwise[name]
    return typeof value === 'string' ? value : shown(value)
  }
  return { keyAlgorithm: read('keyAlgorithm'), signingAlgorithm: read('signingAlgorithm') }
}

/** What is nested too deep to be written out is no name of an algorithm either. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'a value that is nested too deep'
  }
}
