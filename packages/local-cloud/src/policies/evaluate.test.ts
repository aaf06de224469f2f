import { describe, expect, test } from 'vitest'
import { isAllowed } from './evaluate.ts'
import { readPolicyDocument } from './policy-document.ts'
import type { PolicyContext } from './policy-variables.ts'

const prefix = 'arn:aws:iot:us-east-1:123456789012'
const context: PolicyContext = {
  clientId: 'dev1',
  certificateId: 'abc',
  subject: { CN: ['pump'], O: ['Example'], OU: ['one', 'two'] },
  thing: { thingName: 'dev1', thingTypeName: 'core', attributes: { site: 'berlin' }, isAttached: true },
}

const policy = (...Statement: object[]) =>
  readPolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement }))
const allowing = (Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action: 'iot:Publish',
  Resource: `${prefix}:${Resource}`,
  ...(Condition !== undefined && { Condition }),
})
const mayPublish = (statements: ReturnType<typeof policy>, topic: string, given: PolicyContext = context) =>
  isAllowed(statements, { action: 'iot:Publish', resource: `${prefix}:topic/${topic}` }, given)

describe('a policy', () => {
  test('denies what nothing allows', () => {
    expect(isAllowed([], { action: 'iot:Connect', resource: `${prefix}:client/dev1` }, context)).toBe(false)
    expect(mayPublish(policy(allowing('topic/a')), 'b')).toBe(false)
  })

  test('that denies wins over all that allow', () => {
    const deny = { Effect: 'Deny', Action: 'iot:*', Resource: `${prefix}:topic/secret/*` }
    const all = { Effect: 'Allow', Action: '*', Resource: '*' }
    expect(mayPublish(policy(all, deny), 'secret/a')).toBe(false)
    expect(mayPublish(policy(deny, all), 'secret/a')).toBe(false)
    expect(mayPublish(policy(deny, all), 'open')).toBe(true)
  })

  test('names actions with wildcards and in any case', () => {
    for (const Action of ['iot:Publish', 'IOT:PUBLISH', 'iot:Pub*', '*', ['iot:Connect', 'iot:publish']])
      expect(mayPublish(policy({ Effect: 'Allow', Action, Resource: '*' }), 'a')).toBe(true)
    expect(mayPublish(policy({ Effect: 'Allow', Action: 'iot:RetainPublish', Resource: '*' }), 'a')).toBe(
      false,
    )
  })

  test.each([
    ['${iot:ClientId}', 'dev1'],
    ['${iot:Connection.Thing.ThingName}', 'dev1'],
    ['${iot:Connection.Thing.ThingTypeName}', 'core'],
    ['${iot:Connection.Thing.Attributes[site]}', 'berlin'],
    ['${iot:Certificate.Subject.CommonName}', 'pump'],
    ['${iot:Certificate.Subject.Organization}', 'Example'],
    ['${iot:Certificate.Subject.OrganizationalUnit.1}', 'two'],
  ])('replaces %s with %s', (variable, value) => {
    expect(mayPublish(policy(allowing(`topic/${variable}/data`)), `${value}/data`)).toBe(true)
    expect(mayPublish(policy(allowing(`topic/${variable}/data`)), 'other/data')).toBe(false)
  })

  test('with variables of a thing does not apply to a connection that has none', () => {
    const thingless = { certificateId: 'abc', clientId: 'dev1', subject: {} }
    const statements = policy(allowing('topic/${iot:Connection.Thing.ThingName}'))
    expect(mayPublish(statements, 'dev1', thingless)).toBe(false)
    expect(mayPublish(statements, '', thingless)).toBe(false)
  })

  test.each([
    [{ Bool: { 'iot:Connection.Thing.IsAttached': 'true' } }, true],
    [{ Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } }, true],
    [{ Bool: { 'iot:Connection.Thing.IsAttached': true } }, true],
    [{ Bool: { 'iot:Connection.Thing.IsAttached': 'false' } }, false],
    [{ StringEquals: { 'iot:ClientId': '${iot:Connection.Thing.ThingName}' } }, true],
    [{ StringEquals: { 'iot:ClientId': ['x', 'dev1'] } }, true],
    [{ StringEquals: { 'iot:ClientId': 'DEV1' } }, false],
    [{ StringEqualsIgnoreCase: { 'iot:ClientId': 'DEV1' } }, true],
    [{ StringNotEqualsIgnoreCase: { 'iot:ClientId': 'DEV1' } }, false],
    [{ StringNotEquals: { 'iot:ClientId': 'dev2' } }, true],
    [{ StringLike: { 'iot:ClientId': 'dev?' } }, true],
    [{ StringLike: { 'iot:ClientId': 'pump*' } }, false],
    [{ StringNotLike: { 'iot:ClientId': 'dev*' } }, false],
    [{ StringNotLike: { 'iot:ClientId': 'pump*' } }, true],
    [
      { StringEquals: { 'iot:ClientId': 'dev1' }, Bool: { 'iot:Connection.Thing.IsAttached': 'false' } },
      false,
    ],
    [{ Bool: { 'aws:Unknown': 'true' } }, false],
    [{ StringLike: { 'aws:Unknown': '*' } }, false],
  ])('with the condition %j applies: %s', (condition, expected) => {
    expect(mayPublish(policy(allowing('topic/a', condition)), 'a')).toBe(expected)
  })
})
