import { isMap } from '../config/config-merge.ts'
import type { ConfigValue } from '../config/config-tree.ts'

/** One step of a stored lifecycle. */
export interface LifecycleScript {
  readonly script: string
  /** Undefined: the step's default. */
  readonly timeoutMs?: number
  readonly environment: Readonly<Record<string, string>>
}

/** Reads a step in either form: the script itself, or a map with script, timeout (seconds) and setenv. */
export function readLifecycleScript(
  lifecycle: ConfigValue | undefined,
  step: string,
): LifecycleScript | undefined {
  if (!isMap(lifecycle)) return undefined
  const value = lifecycle[step]
  const shared = environmentOf(lifecycle['setenv'])
  if (typeof value === 'string') return { script: value, environment: shared }
  if (!isMap(value) || typeof value['script'] !== 'string') return undefined
  const timeoutSeconds = Number(value['timeout'])
  return {
    script: value['script'],
    environment: { ...shared, ...environmentOf(value['setenv']) },
    ...(timeoutSeconds > 0 && { timeoutMs: timeoutSeconds * 1000 }),
  }
}

function environmentOf(value: ConfigValue | undefined): Record<string, string> {
  if (!isMap(value)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [
      name,
      typeof text === 'string' ? text : JSON.stringify(text),
    ]),
  )
}
