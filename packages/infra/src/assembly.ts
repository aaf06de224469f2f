import { rmSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { bundleHandlers } from './bundle.ts'
import { readPipelineSettings } from './pipeline/pipeline-settings.ts'
import { PipelineStack } from './pipeline/pipeline-stack.ts'
import { readSettings } from './settings.ts'
import { CertificateRotatorStack } from './stack.ts'

/** Bundles the functions and writes the cloud assembly: the templates of the backend and of its pipeline, and their assets. */
export async function makeAssembly(
  outDir: string,
  context: Readonly<Record<string, unknown>>,
): Promise<void> {
  const settings = readSettings(context)
  const pipelineSettings = readPipelineSettings(context)
  const bundles = `${outDir}.bundles`
  try {
    await bundleHandlers(bundles)
    const app = new App({
      outdir: outDir,
      analyticsReporting: false,
      treeMetadata: false,
      // It takes longer than everything else together; a test runs it.
      builtinCloudFormationValidation: false,
      context: { 'aws:cdk:enable-path-metadata': false, 'aws:cdk:enable-asset-metadata': false, ...context },
    })
    new CertificateRotatorStack(app, settings, bundles)
    new PipelineStack(app, pipelineSettings)
    app.synth()
  } finally {
    rmSync(bundles, { recursive: true, force: true })
  }
}
