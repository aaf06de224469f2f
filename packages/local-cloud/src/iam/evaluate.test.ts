import { describe, expect, test } from 'vitest'
import { readConditions } from './conditions.ts'
import { decide, isTrusted } from './evaluate.ts'
import { readIdentityPolicy, readTrustPolicy } from './identity-policy.ts'

const topic = (name: string): string => `arn:aws:iot:us-east-1:123456789012:topic/${name}`
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements })
const allow = { Effect: 'Allow', Action: 'iot:Publish', Resource: topic('a/*') }

const decision = (statements: object[], action: string, resource: string, context = {}) =>
  decide(readIdentityPolicy(policy(...statements)), { action, resource, context })

describe('a role may do', () => {
  test.each<[string, object[], string, string, ReturnType<typeof decide>]>([
    ['what a statement allows', [allow], 'iot:Publish', topic('a/b/c'), 'allowed'],
    [
      'it however the action is written',
      [{ ...allow, Action: 'IOT:publish'.replace('IOT', 'iot') }],
      'iot:Publish',
      topic('a/b'),
      'allowed',
    ],
    ['nothing on another resource', [allow], 'iot:Publish', topic('b'), 'not-allowed'],
    ['nothing on a resource in other case', [allow], 'iot:Publish', topic('A/b'), 'not-allowed'],
    ['no other action', [allow], 'iot:RetainPublish', topic('a/b'), 'not-allowed'],
    ['nothing with no statement', [], 'iot:Publish', topic('a/b'), 'not-allowed'],
    [
      'all that a wildcard of the action takes',
      [{ ...allow, Action: ['sns:*', 'iot:Pub*'] }],
      'iot:Publish',
      topic('a/b'),
      'allowed',
    ],
    [
      'not what another statement denies',
      [allow, { ...allow, Effect: 'Deny', Resource: '*' }],
      'iot:Publish',
      topic('a/b'),
      'denied',
    ],
    [
      'what NotAction leaves',
      [{ Effect: 'Allow', NotAction: 'iot:Delete*', Resource: '*' }],
      'iot:Publish',
      topic('a'),
      'allowed',
    ],
    [
      'not what NotAction names',
      [{ Effect: 'Allow', NotAction: 'iot:Delete*', Resource: '*' }],
      'iot:DeleteThing',
      '*',
      'not-allowed',
    ],
    [
      'not what NotResource names',
      [{ Effect: 'Allow', Action: '*', NotResource: topic('a/*') }],
      'iot:Publish',
      topic('a/b'),
      'not-allowed',
    ],
    ['nothing without a resource by a statement for some', [allow], 'iot:Publish', '*', 'not-allowed'],
  ])('%s', (_, statements, action, resource, expected) => {
    expect(decision(statements, action, resource)).toBe(expected)
  })
})

describe('a condition', () => {
  const key = 'aws:SourceArn'
  const arn = 'arn:aws:iot:us-east-1:123456789012:rule/a/b'
  test.each<[string, string | string[], string | undefined, boolean]>([
    ['StringEquals', arn, arn, true],
    ['StringEquals', ['x', arn], arn, true],
    ['StringEquals', 'arn:*', arn, false],
    ['StringEquals', arn, undefined, false],
    ['StringEqualsIfExists', arn, undefined, true],
    ['StringEqualsIfExists', 'x', arn, false],
    ['StringNotEquals', arn, arn, false],
    ['StringNotEquals', ['x', arn], arn, false],
    ['StringNotEquals', 'x', undefined, true],
    ['StringEqualsIgnoreCase', arn.toUpperCase(), arn, true],
    ['StringNotEqualsIgnoreCase', arn.toUpperCase(), arn, false],
    ['StringLike', 'arn:*rule/?/b', arn, true],
    ['StringNotLike', 'arn:*', arn, false],
    ['ArnLike', 'arn:*:iot:*:123456789012:rule/*', arn, true],
    ['ArnLike', 'arn:*', arn, false],
    ['ArnEquals', 'arn:aws:iot:us-east-1:123456789012:rule/a/*', arn, true],
    ['ArnNotLike', 'arn:*:iot:*:*:*', arn, false],
    ['ArnNotEquals', 'arn:*:sns:*:*:*', arn, true],
    ['Bool', 'TRUE', 'true', true],
  ])('%s of %s with %s: %s', (operator, wanted, actual, isAllowed) => {
    const conditional = { ...allow, Condition: { [operator]: { [key]: wanted } } }
    const context = actual === undefined ? {} : { 'aws:sourcearn': actual }
    expect(decision([conditional], 'iot:Publish', topic('a/b'), context) === 'allowed').toBe(isAllowed)
  })

  test('needs all of its keys and operators', () => {
    const Condition = { StringEquals: { 'aws:SourceArn': 'a', 'aws:SourceAccount': '1' } }
    const attempt = (context: object) =>
      decision([{ ...allow, Condition }], 'iot:Publish', topic('a/b'), context)
    expect(attempt({ 'aws:sourcearn': 'a', 'aws:sourceaccount': '1' })).toBe('allowed')
    expect(attempt({ 'aws:sourcearn': 'a', 'aws:sourceaccount': '2' })).toBe('not-allowed')
  })

  test.each([
    [
      'of an operator',
      { NumericLessThan: { 'aws:SourceArn': '1' } },
      /operator NumericLessThan is not in this cloud/,
    ],
    [
      'of a key',
      { StringEquals: { 'aws:PrincipalTag/x': '1' } },
      /key aws:PrincipalTag\/x is not in this cloud/,
    ],
    ['with a variable', { StringLike: { 'aws:SourceArn': '${aws:username}' } }, /Variables/],
  ])('%s that this cloud does not understand is refused', (_, block, reason) => {
    expect(() => readConditions(block)).toThrow(reason)
  })
})

describe('a policy is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['without a version', { Statement: [allow] }, /Version of 2012-10-17/],
    ['that is no object', '{}', /Version/],
    ['without statements', { Version: '2012-10-17' }, /has no Statement/],
    ['with a member that is not understood', policy({ ...allow, Principal: '*' }), /member Principal/],
    ['with another effect', policy({ ...allow, Effect: 'Maybe' }), /Effect/],
    [
      'with both of Action and NotAction',
      policy({ ...allow, NotAction: 'iot:*' }),
      /one of Action and NotAction/,
    ],
    [
      'with neither of Resource and NotResource',
      policy({ Effect: 'Allow', Action: 'iot:*' }),
      /one of Resource/,
    ],
    ['with an action that is none', policy({ ...allow, Action: 'Publish' }), /The action Publish is none/],
    ['with an empty list', policy({ ...allow, Action: [] }), /Action must be/],
    ['with a number', policy({ ...allow, Resource: ['*', 1] }), /Resource must be/],
    ['with a resource that is no ARN', policy({ ...allow, Resource: 'topic/a' }), /topic\/a is no ARN/],
    ['with a variable', policy({ ...allow, Resource: topic('${aws:userid}') }), /Variables/],
  ])('%s', (_, document, reason) => {
    expect(() => readIdentityPolicy(document)).toThrow(reason)
  })
})

describe('a role is assumed', () => {
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: ['iot.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  }
  const context = { 'aws:sourceaccount': '123456789012' }
  test.each<[string, object[], string, Record<string, string>, boolean]>([
    ['by the service that it trusts', [trust], 'iot.amazonaws.com', context, true],
    ['by no other', [trust], 'lambda.amazonaws.com', context, false],
    ['for no other account', [trust], 'iot.amazonaws.com', { 'aws:sourceaccount': '1' }, false],
    ['by nobody who is denied', [trust, { ...trust, Effect: 'Deny' }], 'iot.amazonaws.com', context, false],
    [
      'by no service where it trusts an account',
      [{ ...trust, Principal: { AWS: '*' } }],
      'iot.amazonaws.com',
      context,
      false,
    ],
  ])('%s', (_, statements, service, given, expected) => {
    expect(isTrusted(readTrustPolicy(policy(...statements)), service, given)).toBe(expected)
  })

  test('by no policy that is not understood', () => {
    expect(() => readTrustPolicy(policy({ ...trust, Action: 'sts:TagSession' }))).toThrow(/sts:TagSession/)
    expect(() => readTrustPolicy(policy({ ...trust, Principal: '*' }))).toThrow(/no Principal/)
  })
})
