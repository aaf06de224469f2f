import { join } from 'node:path'
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
/** Those of the triggers, which are deployed where they are chosen. */
export const triggerFolders = ['rotate-aged', 'rotate-audited', 'rotate-anomalous'] as const
export type HandlerFolder = (typeof handlerFolders)[number] | (typeof triggerFolders)[number]

const backend = fileURLToPath(new URL('../../backend/src/', import.meta.url))

/**
 * Bundles every function into `<directory>/<folder>/index.mjs`: what runs locally is byte for byte what deploys.
 *
 * The SDK is bundled too, so that the version that was tested is the one that runs. What a function imports only when
 * it needs it (AWS Private CA, and ways to find credentials that Lambda never goes) stays apart, in `parts/`: in one
 * file with the rest it would make every start slower, and keep unused parts of the SDK from being left out.
 */
export async function bundleHandlers(directory: string): Promise<void> {
  await Promise.all(
    [...handlerFolders, ...triggerFolders].map(folder => bundleHandler(folder, join(directory, folder))),
  )
}

async function bundleHandler(folder: HandlerFolder, outdir: string): Promise<void> {
  await build({
    entryPoints: [{ in: `${backend}${folder}/main.ts`, out: 'index' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
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
