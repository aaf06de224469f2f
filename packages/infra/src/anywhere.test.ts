import { App } from 'aws-cdk-lib'
import { describe, expect, test } from 'vitest'
import { judgedStacks } from './nag/judged-stacks.ts'
import { withEmptyBundles } from './testing/empty-bundles.ts'

type Expression =
  | { 'Fn::Not': [Expression] }
  | { 'Fn::Or': Expression[] }
  | { 'Fn::Equals': [{ Ref: string }, string] }

interface Template {
  Conditions?: Record<string, Expression>
  Resources: Record<string, { Properties: Record<string, unknown> }>
}

/** Of all stacks that deploy, with everything that can be chosen, but for what the operator gives. */
const templates: [name: string, template: Template][] = withEmptyBundles(bundles =>
  Object.entries(judgedStacks(bundles)).map(([name, stack]) => {
    const app = stack.node.root
    if (!App.isApp(app)) throw new Error(`${name} is in no application.`)
    return [name, app.synth().getStackByName(stack.stackName).template]
  }),
)

test('no template names a partition, a region or an account: they deploy to aws-cn and aws-us-gov too', () => {
  expect(templates.length).toBeGreaterThan(1)
  for (const [name, { Conditions: _, ...template }] of templates) {
    const text = JSON.stringify(template).replaceAll(
      /arn:aws:sns:us-east-1:123456789012:(?:audits|anomalies)/gu,
      '',
    )
    expect([name, text.match(/arn:aws[a-z-]*:[^"]*/gu) ?? []]).toEqual([name, []])
    expect([name, text.match(/\b(?:us|eu|ap|cn|sa|ca|me|mx|af|il)-[a-z-]+-\d\b/gu) ?? []]).toEqual([name, []])
    expect([name, text.match(/\b\d{12}\b/gu) ?? []]).toEqual([name, []])
    expect([name, text.match(/amazonaws\.com\.cn/gu) ?? []]).toEqual([name, []])
  }
})

describe('what is left out where AWS does not have it', () => {
  const conditional = templates.filter(([, { Conditions }]) => Conditions !== undefined)

  test('is left out by one condition, of the backend alone', () => {
    expect(conditional.map(([name]) => name)).toEqual(['backend', 'backend with all that can be chosen'])
    for (const [, { Conditions }] of conditional) expect(Object.keys(Conditions ?? {})).toHaveLength(1)
  })

  test('is the allowance of loops, and nothing else', () => {
    for (const [, { Conditions, Resources }] of conditional) {
      const [condition] = Object.keys(Conditions ?? {})
      const chosen = { 'Fn::If': [condition, 'Allow', { Ref: 'AWS::NoValue' }] }
      const allowances = Object.values(Resources)
        .map(({ Properties }) => Properties['RecursiveLoop'])
        .filter(allowance => allowance !== undefined)
      expect(allowances.length).toBeGreaterThanOrEqual(2)
      for (const allowance of allowances) expect(allowance).toEqual(chosen)
      expect(JSON.stringify(Resources).match(/"Fn::If"/gu)).toHaveLength(allowances.length)
    }
  })

  test.each([
    ['aws', 'eu-west-1', true],
    ['aws', 'ap-southeast-2', true],
    ['aws-cn', 'cn-north-1', true],
    ['aws', 'mx-central-1', false],
    ['aws', 'ap-southeast-6', false],
    ['aws-us-gov', 'us-gov-west-1', false],
  ])('in %s, %s: loops need to be allowed: %s', (partition, region, expected) => {
    const where: Readonly<Record<string, string>> = { 'AWS::Partition': partition, 'AWS::Region': region }
    function holds(expression: Expression): boolean {
      if ('Fn::Not' in expression) return !holds(expression['Fn::Not'][0])
      if ('Fn::Or' in expression) return expression['Fn::Or'].some(holds)
      const [{ Ref }, value] = expression['Fn::Equals']
      return where[Ref] === value
    }
    for (const [, { Conditions }] of conditional)
      expect(Object.values(Conditions ?? {}).map(holds)).toEqual([expected])
  })
})
