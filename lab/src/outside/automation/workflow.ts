import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'
import { repositoryRoot } from '../../world/repository-root.ts'

const step = v.union([
  v.strictObject({ run: v.string() }),
  v.strictObject({
    uses: v.string(),
    if: v.optional(v.literal('always()')),
    with: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
  }),
])

/** What the workflow's file may say: what is not here is refused, so that nothing in it goes unseen. */
const workflowSchema = v.strictObject({
  name: v.string(),
  on: v.strictObject({ push: v.strictObject({ branches: v.array(v.string()) }), pull_request: v.null() }),
  permissions: v.strictObject({}),
  concurrency: v.strictObject({ group: v.string(), 'cancel-in-progress': v.boolean() }),
  jobs: v.record(
    v.string(),
    v.strictObject({
      name: v.string(),
      'runs-on': v.string(),
      container: v.optional(v.strictObject({ image: v.string(), options: v.string() })),
      'timeout-minutes': v.number(),
      permissions: v.strictObject({ contents: v.literal('read') }),
      steps: v.array(step),
    }),
  ),
})

export type Workflow = v.InferOutput<typeof workflowSchema>

/** The workflow of GitHub Actions. */
export const workflow = (): Workflow =>
  v.parse(workflowSchema, parse(readFileSync(join(repositoryRoot, '.github/workflows/ci.yml'), 'utf8')))
