import { type AlgorithmNames, readAlgorithmNames } from '@rotator/protocol/algorithm-names'
import { type AlgorithmsChoice, chooseAlgorithms, defaultAlgorithms } from '@rotator/protocol/algorithms'

/**
 * The two settings as they stand in a configuration, which may be anything. One that is not there has its default.
 * Whether they can be used is judged when a job comes, and when a deployment proposes them.
 */
export const readConfigured = (configuration: unknown): AlgorithmNames =>
  readAlgorithmNames(configuration, defaultAlgorithms)

/** Judges a configuration by the names in it alone. */
export function chooseConfigured(configuration: unknown): AlgorithmsChoice {
  const { keyAlgorithm, signingAlgorithm } = readConfigured(configuration)
  return chooseAlgorithms(keyAlgorithm, signingAlgorithm)
}
