import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { componentName } from '@rotator/protocol/names'
import { build, type Metafile } from 'esbuild'

export interface BuiltComponent {
  /** The recipe's text. */
  recipe: string
  /** Holds the bundle; a Node for the device, named `node`, has its place beside it. */
  artifactFolder: string
  /** What went into the bundle. */
  metafile: Metafile
}

/**
 * The file is a module to Node, and its inside loads built-in modules one by one when they are needed. Importing
 * them as modules do costs the device 3 MB more, since every export of theirs is then made at once.
 */
const asModule = [
  "import { createRequire } from 'node:module'",
  'const moduleUrl = import.meta.url',
  'const require = createRequire(moduleUrl)',
  'const module = { exports: {} }',
  '',
].join(';')

const sources = new URL('./', import.meta.url)
const version: string = JSON.parse(readFileSync(new URL('../package.json', sources), 'utf8')).version

/**
 * Makes the component's artifact and recipe in `outDir`: one bundled file that needs nothing but Node.
 *
 * @param recipeVersion the version that the component is published as
 */
export async function buildComponent(outDir: string, recipeVersion = version): Promise<BuiltComponent> {
  const artifactFolder = join(outDir, 'certificate-rotator')
  mkdirSync(artifactFolder, { recursive: true })
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', sources))],
    outfile: join(artifactFolder, 'certificate-rotator.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    banner: { js: asModule },
    define: { 'import.meta.url': 'moduleUrl' },
    minify: true,
    keepNames: true,
    metafile: true,
    logLevel: 'silent',
  })
  const template = readFileSync(new URL('recipe/recipe.yaml', sources), 'utf8')
  const recipe = template
    .replaceAll('COMPONENT_VERSION', recipeVersion)
    .replaceAll('COMPONENT_NAME', componentName)
  writeFileSync(join(outDir, 'recipe.yaml'), recipe)
  return { recipe, artifactFolder, metafile }
}
