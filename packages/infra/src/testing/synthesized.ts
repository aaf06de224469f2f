import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { handlerFolders } from '../bundle.ts'
import { readSettings } from '../settings.ts'
import { CertificateRotatorStack } from '../stack.ts'

/** The template for a context, with empty functions: bundling is another test's. */
export function synthesized(context: Record<string, unknown> = {}): Template {
  const directory = mkdtempSync(join(tmpdir(), 'rotator-infra-'))
  try {
    for (const folder of handlerFolders) {
      mkdirSync(join(directory, 'bundles', folder), { recursive: true })
      writeFileSync(join(directory, 'bundles', folder, 'index.mjs'), 'export const handler = () => {}\n')
    }
    const app = new App({ outdir: join(directory, 'out'), analyticsReporting: false })
    return Template.fromStack(
      new CertificateRotatorStack(app, readSettings(context), join(directory, 'bundles')),
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
