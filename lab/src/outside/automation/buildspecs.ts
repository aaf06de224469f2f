import { pipelineContext, synthesizedPipeline } from '@rotator/infra/testing/synthesized-pipeline'
import * as v from 'valibot'

const report = v.strictObject({
  'base-directory': v.string(),
  files: v.array(v.string()),
  'file-format': v.string(),
})
const phase = v.strictObject({
  'runtime-versions': v.optional(v.strictObject({ nodejs: v.number() })),
  commands: v.optional(v.array(v.string())),
})

/** What a buildspec may say: what is not here is refused, so that nothing in it goes unseen. */
const buildspecSchema = v.strictObject({
  version: v.literal(0.2),
  phases: v.strictObject({ install: phase, pre_build: v.optional(phase), build: phase }),
  reports: v.optional(v.record(v.string(), report)),
  artifacts: v.optional(v.strictObject({ 'base-directory': v.string(), files: v.array(v.string()) })),
})

export type Buildspec = v.InferOutput<typeof buildspecSchema>

/** The buildspec of every project in the pipeline's template, by the end of the project's name. */
export function buildspecs(): Record<string, Buildspec> {
  const projects = synthesizedPipeline(pipelineContext).template.findResources('AWS::CodeBuild::Project')
  return Object.fromEntries(
    Object.values(projects).map(({ Properties }) => [
      String(Properties.Name).replace('AWSLabsCertificateRotatorPipeline', ''),
      v.parse(buildspecSchema, JSON.parse(textOf(Properties.Source.BuildSpec))),
    ]),
  )
}

const joined = v.strictObject({ 'Fn::Join': v.tuple([v.literal(''), v.array(v.unknown())]) })

/** What is known only when it is deployed shows as what it is taken from. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const { 'Fn::Join': parts } = v.parse(joined, value)
  return parts[1]
    .map(part => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', '')))
    .join('')
}
