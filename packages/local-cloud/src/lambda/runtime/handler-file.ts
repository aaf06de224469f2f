import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

export type Handler = (event: unknown, context: object) => unknown

function named(module: Record<string, unknown>, names: string[]): unknown {
  // What esbuild makes of CommonJS exports arrives under `default` when it is imported.
  for (const root of [module, module['default']]) {
    const found = names.reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined,
      root,
    )
    if (typeof found === 'function') return found
  }
  return undefined
}

/**
 * Loads `index.handler`: the export `handler` of `index.js`, `index.mjs` or `index.cjs` in the function's folder.
 *
 * @throws Error in the words of Lambda's own runtime
 */
export async function loadHandler(taskRoot: string, setting: string): Promise<Handler> {
  const folder = path.dirname(setting)
  const [base = '', ...names] = path.basename(setting).split('.')
  const file = ['.js', '.mjs', '.cjs']
    .map(extension => path.join(taskRoot, folder, base + extension))
    .find(candidate => existsSync(candidate))
  if (file === undefined || names.length === 0)
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${path.join(folder, base)}'`)
  const handler = named(await import(pathToFileURL(file).href), names)
  if (handler === undefined)
    throw runtimeError('Runtime.HandlerNotFound', `${setting} is undefined or not exported`)
  return handler as Handler
}

function runtimeError(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}
