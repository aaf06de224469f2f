import { describe, expect, test } from 'vitest'
import { noValue, resolve, type Scope } from './intrinsics.ts'
import { validationError } from './template.ts'

const scope: Scope = {
  ref: name => ({ Queue: 'queue-url', 'AWS::Region': 'us-east-1', List: ['a', 'b'] })[name],
  attribute: (id, name) => {
    if (id !== 'Queue') throw validationError(`no ${id}`)
    return `${id}/${name}`
  },
  condition: name => name === 'Yes',
  mappings: { Map: { top: { second: 'found' } } },
}

describe('intrinsic functions', () => {
  test.each([
    [{ Ref: 'Queue' }, 'queue-url'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue/Arn'],
    [{ 'Fn::GetAtt': 'Queue.Nested.Arn' }, 'Queue/Nested.Arn'],
    [
      { 'Fn::Sub': '${Queue} in ${AWS::Region} by ${Queue.Arn}, not ${!Queue}' },
      'queue-url in us-east-1 by Queue/Arn, not ${Queue}',
    ],
    [{ 'Fn::Sub': ['${own}-${Queue}', { own: { Ref: 'AWS::Region' } }] }, 'us-east-1-queue-url'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'Queue' }]] }, 'a/queue-url'],
    [{ 'Fn::Select': ['1', { Ref: 'List' }] }, 'b'],
    [{ 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
    [{ 'Fn::If': ['Yes', 1, 2] }, 1],
    [{ 'Fn::If': ['No', 1, { Ref: 'Queue' }] }, 'queue-url'],
    [{ 'Fn::FindInMap': ['Map', 'top', 'second'] }, 'found'],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::Equals': [{ Ref: 'Queue' }, 'queue-url'] }, true],
    [{ 'Fn::And': [{ Condition: 'Yes' }, true] }, true],
    [{ 'Fn::Or': [{ Condition: 'No' }, false] }, false],
    [{ 'Fn::Not': [{ Condition: 'No' }] }, true],
    [{ a: [{ Ref: 'AWS::NoValue' }, 1], b: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] } }, { a: [1] }],
    // A policy's condition is no intrinsic function.
    [
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  ])('%j', (value, expected) => {
    expect(resolve(value, scope)).toEqual(expected)
  })

  test('AWS::NoValue alone is no value', () => {
    expect(resolve({ Ref: 'AWS::NoValue' }, scope)).toBe(noValue)
  })

  test.each([
    [{ 'Fn::ImportValue': 'x' }, /Fn::ImportValue is not in this cloud/],
    [{ 'Fn::GetAtt': ['Queue'] }, /needs a resource and an attribute/],
    [{ 'Fn::Select': [5, ['a']] }, /nonexistent value at index 5/],
    [{ 'Fn::FindInMap': ['Map', 'top', 'none'] }, /Unable to get mapping/],
    [{ 'Fn::Join': 'x' }, /takes a list/],
  ])('%j is refused', (value, reason) => {
    expect(() => resolve(value, scope)).toThrow(reason)
  })
})
