import { App, Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { expect, test } from 'vitest'
import { acceptWildcards } from '../accept-wildcards.ts'
import { withEmptyBundles } from '../testing/empty-bundles.ts'
import { judgeStack } from './judge-stack.ts'
import { judgedStacks } from './judged-stacks.ts'
import { reportJudgements } from './report-judgements.ts'

test('cdk-nag finds nothing in what deploys, and little was accepted, each on one resource for one reason', () => {
  withEmptyBundles(bundles => {
    const { backend, ...others } = judgedStacks(bundles)
    if (backend === undefined) throw new Error('The backend is not judged.')
    const { findings, suppressions } = judgeStack(backend)
    expect(findings).toEqual([])
    expect(suppressions.length).toBeLessThanOrEqual(8)
    for (const { reason } of suppressions) expect(reason).toMatch(/^[A-Z].{20,}\.$/u)
    expect(Object.values(others).flatMap(stack => judgeStack(stack).findings)).toEqual([])
  })
})

test('what is wrong is found and counted, what was accepted is named with its reason', () => {
  const stack = new Stack(new App(), 'Wrong')
  new Topic(stack, 'Topic')
  const reason = 'It is for tests.'
  Validations.of(new Topic(stack, 'Accepted')).acknowledge({ id: 'AwsSolutions-SNS3', reason })
  const written: string[] = []
  expect(reportJudgements({ wrong: stack }, text => void written.push(text))).toBe(1)
  expect(written.join('')).toContain('FOUND     AwsSolutions-SNS3 Wrong/Topic/Resource')
  expect(written.join('')).toContain('accepted  AwsSolutions-SNS3 Wrong/Accepted: It is for tests.')
  expect(written.join('')).toContain('wrong: findings 1, suppressions 1')
})

test.each([undefined, { account: '123456789012', region: 'eu-west-1' }])(
  'patterns of a role’s resources are accepted, other ones and patterns of actions are not, in %j',
  env => {
    const stack = new Stack(new App(), 'Roles', env ? { env } : {})
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    const things = (resourceName: string) =>
      stack.formatArn({ service: 'iot', resource: 'thing', resourceName })
    const on = (action: string, resource: string) =>
      new PolicyStatement({ actions: [action], resources: [resource] })
    const statements = [on('iot:DescribeThing', things('*')), on('iot:*', things('one'))]
    for (const statement of statements) role.addToPolicy(statement)
    acceptWildcards(role, statements, 'A reason.')
    const rules = () => judgeStack(stack).findings.map(finding => finding.replace(/ .*$/u, ''))
    expect(rules()).toEqual(['AwsSolutions-IAM5[Action::iot:*]'])
    role.addToPolicy(on('iot:UpdateThing', '*'))
    expect(rules()).toContain('AwsSolutions-IAM5[Resource::*]')
    expect(judgeStack(stack).suppressions).toEqual([
      { rule: 'AwsSolutions-IAM5', path: 'Roles/Role', reason: 'A reason.' },
    ])
  },
)
