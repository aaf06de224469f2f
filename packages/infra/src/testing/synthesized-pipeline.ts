import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readPipelineSettings } from '../pipeline/pipeline-settings.ts'
import { PipelineStack } from '../pipeline/pipeline-stack.ts'
import { readObjections, type Synthesized } from './synthesized.ts'

/** All that a pipeline needs to be told. */
export const pipelineContext = {
  ConnectionId: '01234567-89ab-cdef-0123-456789abcdef',
  OwnerName: 'a-group/its-subgroup',
  ThingGroupName: 'TestCores',
  PcaCaId: 'fedcba98-7654-3210-fedc-ba9876543210',
}

/** The pipeline's template for a context. */
export function synthesizedPipeline(
  context: Record<string, unknown>,
  { validate = false } = {},
): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'rotator-pipeline-'))
  try {
    const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: validate })
    const template = Template.fromStack(new PipelineStack(app, readPipelineSettings(context)))
    return { template, objections: validate ? readObjections(outdir) : [] }
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}
