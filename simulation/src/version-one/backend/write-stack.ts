import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stackName } from '@rotator/protocol/names'
import { build } from 'esbuild'
import { stackResources } from './stack-resources.ts'

const entry = fileURLToPath(new URL('lambda-main.ts', import.meta.url))
const assetFolder = 'asset.functions'

/**
 * Writes version 1's stack as CDK would synthesize it, with the bundle of its functions beside it.
 *
 * @returns the path of the template
 */
export async function writeVersionOneStack(folder: string): Promise<string> {
  const bundle = join(folder, assetFolder, 'index.mjs')
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    // Parts of the SDK are CommonJS and ask for Node's modules at run time.
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  })
  const objectKey = `${createHash('sha256').update(readFileSync(bundle)).digest('hex')}.zip`
  const files = {
    functions: {
      source: { path: assetFolder, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey } },
    },
  }
  writeFileSync(join(folder, `${stackName}.assets.json`), JSON.stringify({ version: '1', files }))
  const Resources = stackResources({ S3Bucket: 'assets', S3Key: objectKey })
  const templatePath = join(folder, `${stackName}.template.json`)
  writeFileSync(templatePath, JSON.stringify({ Resources }))
  return templatePath
}
