import { type AlgorithmsChoice, chooseAlgorithms, defaultAlgorithms } from '@rotator/protocol/algorithms'
import type { Configured } from '@rotator/rotation/device/events'

/**
 * The two settings as they stand in a configuration, which may be anything. One that is not there has its default.
 * Whether they can be used is judged when a job comes, and when a deployment proposes them.
 */
export function readConfigured(configuration: unknown): Configured {
  const settings = Object(configuration)
  const setting = (name: keyof Configured): string => {
    const value: unknown = settings[name]
    if (value === undefined || value === null) return defaultAlgorithms[name]
    return typeof value === 'string' ? value : shown(value)
  }
  return { keyAlgorithm: setting('keyAlgorithm'), signingAlgorithm: setting('signingAlgorithm') }
}

/** What is nested too deep to be written out is no name of an algorithm either. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'a value that is nested too deep'
  }
}

/** Judges a configuration by the names in it alone. */
export function chooseConfigured(configuration: unknown): AlgorithmsChoice {
  const { keyAlgorithm, signingAlgorithm } = readConfigured(configuration)
  return chooseAlgorithms(keyAlgorithm, signingAlgorithm)
}
