import { isAbsolute, resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface CoreOptions {
  readonly root: string
  /** Short waiting times, for labs and tests. */
  readonly fast: boolean
  readonly emptyPathsInEffectiveConfig: boolean
}

export const coreUsage = `Usage: node packages/local-core/src/main.ts --root DIR [--fast] [--effective-config-without-paths]

  --root DIR    a Greengrass root folder, made by provisioning
  --fast        short retry and back-off times
  --effective-config-without-paths
                leave certificate, key and root CA path empty in effectiveConfig.yaml,
                as after fleet provisioning
`

/** Parses the command line; the error says what to do. */
export function parseCoreOptions(args: readonly string[], workingFolder: string): CoreOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: { type: 'string' },
      fast: { type: 'boolean', default: false },
      'effective-config-without-paths': { type: 'boolean', default: false },
    },
  })
  if (values.root === undefined || values.root === '') {
    throw new Error('Give the Greengrass root folder: --root DIR.')
  }
  return {
    root: isAbsolute(values.root) ? resolve(values.root) : resolve(workingFolder, values.root),
    fast: values.fast,
    emptyPathsInEffectiveConfig: values['effective-config-without-paths'],
  }
}
