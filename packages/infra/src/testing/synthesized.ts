import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { handlerFolders, triggerFolders } from '../bundle.ts'
import { readSettings } from '../settings.ts'
import { CertificateRotatorStack } from '../stack.ts'

export interface Synthesized {
  template: Template
  /** What CloudFormation's own validation objects to. */
  objections: unknown[]
}

/** The template for a context, with empty functions: bundling is another test's. */
export function synthesized(context: Record<string, unknown> = {}, { validate = false } = {}): Synthesized {
  const directory = mkdtempSync(join(tmpdir(), 'rotator-infra-'))
  try {
    for (const folder of [...handlerFolders, ...triggerFolders]) {
      mkdirSync(join(directory, 'bundles', folder), { recursive: true })
      writeFileSync(join(directory, 'bundles', folder, 'index.mjs'), 'export const handler = () => {}\n')
    }
    const outdir = join(directory, 'out')
    const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: validate })
    const stack = new CertificateRotatorStack(app, readSettings(context), join(directory, 'bundles'))
    const template = Template.fromStack(stack)
    return { template, objections: validate ? readObjections(outdir) : [] }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const readObjections = (outdir: string): unknown[] =>
  JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')).pluginReports
