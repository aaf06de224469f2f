import { chooseAlgorithms, defaultAlgorithms } from '@rotator/protocol/algorithms'
import type { Configured } from '@rotator/rotation/device/events'
import type { Validity } from '../greengrass-ipc/operations.ts'

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

/** The answer to a deployment that proposes a configuration. */
export function judgeConfiguration(configuration: unknown): Validity {
  const { keyAlgorithm, signingAlgorithm } = readConfigured(configuration)
  const choice = chooseAlgorithms(keyAlgorithm, signingAlgorithm)
  return choice.ok ? { status: 'ACCEPTED' } : { status: 'REJECTED', message: choice.problem }
}
