import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

/**
 * Lets `import` find the AWS SDK that comes with the runtime, as `require` does by NODE_PATH: what the function
 * does not bring along itself is looked for from the runtime's own folder.
 */
export function resolveFromRuntime(runtimeFolder: string): void {
  const parentURL = pathToFileURL(`${runtimeFolder}/runtime.mjs`).href
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!specifier.startsWith('@aws-sdk/') && !specifier.startsWith('@smithy/')) throw error
        return nextResolve(specifier, { ...context, parentURL })
      }
    },
  })
}
