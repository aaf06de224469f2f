import { App } from 'aws-cdk-lib'
import { expect, test } from 'vitest'
import { judgedStacks } from './nag/judged-stacks.ts'
import { withEmptyBundles } from './testing/empty-bundles.ts'

/** Of all stacks that deploy, with everything that can be chosen, but for what the operator gives. */
const templates = withEmptyBundles(bundles =>
  Object.entries(judgedStacks(bundles)).map(([name, stack]) => {
    const app = stack.node.root
    if (!App.isApp(app)) throw new Error(`${name} is in no application.`)
    const text = JSON.stringify(app.synth().getStackByName(stack.stackName).template)
    return [name, text.replaceAll(/arn:aws:sns:us-east-1:123456789012:(?:audits|anomalies)/gu, '')] as const
  }),
)

test('no template names a partition, a region or an account: they deploy to aws-cn and aws-us-gov too', () => {
  expect(templates.length).toBeGreaterThan(1)
  for (const [name, text] of templates) {
    expect([name, text.match(/arn:aws[a-z-]*:[^"]*/gu) ?? []]).toEqual([name, []])
    expect([name, text.match(/\b(?:us|eu|ap|cn|sa|ca|me|af|il)-[a-z-]+-\d\b/gu) ?? []]).toEqual([name, []])
    expect([name, text.match(/\b\d{12}\b/gu) ?? []]).toEqual([name, []])
    expect([name, text.match(/amazonaws\.com\.cn/gu) ?? []]).toEqual([name, []])
  }
})
