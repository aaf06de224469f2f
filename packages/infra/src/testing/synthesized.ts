import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readSettings } from '../settings.ts'
import { CertificateRotatorStack } from '../stack.ts'
import { withEmptyBundles } from './empty-bundles.ts'

export interface Synthesized {
  template: Template
  /** What CloudFormation's own validation objects to. */
  objections: unknown[]
}

/** The template for a context, with empty functions: bundling is another test's. */
export const synthesized = (context: Record<string, unknown> = {}, { validate = false } = {}): Synthesized =>
  withEmptyBundles((bundles, directory) => {
    const outdir = join(directory, 'out')
    const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: validate })
    const template = Template.fromStack(new CertificateRotatorStack(app, readSettings(context), bundles))
    return { template, objections: validate ? readObjections(outdir) : [] }
  })

/** What is written where an app is synthesized with its validation. */
export const readObjections = (outdir: string): unknown[] =>
  JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')).pluginReports
