import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The functions, named as their folders in the backend. */
export const handlerFolders = [
  'create-certificate',
  'commit-certificate',
  'finish-rotation',
  'retire-certificate',
  'sweep',
] as const
export type HandlerFolder = (typeof handlerFolders)[number]

const backend = fileURLToPath(new URL('../../backend/src/', import.meta.url))

/**
 * Bundles every function into `<directory>/<folder>/index.mjs`: what runs locally is byte for byte what deploys.
 *
 * The SDK is bundled too, so that the version that was tested is the one that runs.
 */
export async function bundleHandlers(directory: string): Promise<void> {
  await build({
    entryPoints: handlerFolders.map(folder => ({
      in: `${backend}${folder}/main.ts`,
      out: `${folder}/index`,
    })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
    // Parts of the SDK are CommonJS and ask for Node's modules at run time.
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  })
}
