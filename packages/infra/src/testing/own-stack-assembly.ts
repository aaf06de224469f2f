import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { bundleHandlers } from '../bundle.ts'
import { OwnStack } from '../examples/own-stack.ts'

/**
 * Writes the cloud assembly of the example of a stack of one's own, into a directory that is there.
 *
 * @param ownCode the directory of `issuer.mjs` and `check.mjs`
 * @returns the template
 */
export async function ownStackAssembly(directory: string, ownCode: string): Promise<string> {
  const bundles = join(directory, 'bundles')
  await bundleHandlers(bundles)
  const outdir = join(directory, 'assembly')
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false })
  new OwnStack(app, 'OwnStack', { bundles, ownCode })
  app.synth()
  return join(outdir, 'OwnStack.template.json')
}
