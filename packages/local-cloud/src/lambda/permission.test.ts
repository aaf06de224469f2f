import { expect, test } from 'vitest'
import { isPermitted } from './permission.ts'

const ruleArn = 'arn:aws:iot:us-east-1:123456789012:rule/Create'
const invoker = { service: 'iot.amazonaws.com', sourceArn: ruleArn, sourceAccount: '123456789012' }
const permission = { id: 'p', principal: 'iot.amazonaws.com', action: 'lambda:InvokeFunction' }

test.each([
  ['the service at large', {}, true],
  ['this rule of this account', { sourceArn: ruleArn, sourceAccount: '123456789012' }, true],
  ['rules like it', { sourceArn: 'arn:aws:iot:*:123456789012:rule/Cr?ate' }, true],
  ['another rule', { sourceArn: 'arn:aws:iot:us-east-1:123456789012:rule/Commit' }, false],
  ['a name that only begins alike', { sourceArn: `${ruleArn}.*` }, false],
  ['another account', { sourceAccount: '999999999999' }, false],
  ['another service', { principal: 'sns.amazonaws.com' }, false],
  ['another action', { action: 'lambda:GetFunction' }, false],
])('a permission for %s lets the rule invoke: %s', (_, more, permitted) => {
  expect(isPermitted([{ ...permission, ...more }], invoker)).toBe(permitted)
})

test('without any permission nobody may invoke', () => {
  expect(isPermitted([], invoker)).toBe(false)
})
