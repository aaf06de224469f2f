import { describe, expect, test } from 'vitest'
import { readPolicyDocument } from './policy-document.ts'

const statement = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }
const document = (changes: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement], ...changes })
const withStatement = (changes: object) => document({ Statement: [{ ...statement, ...changes }] })

describe('a policy document', () => {
  test('may have one statement that stands alone', () => {
    expect(readPolicyDocument(document({ Statement: statement }))).toHaveLength(1)
  })

  test('may be as long as it likes by white space', () => {
    expect(readPolicyDocument(document({}) + ' '.repeat(3_000))).toHaveLength(1)
  })

  test('may allow calls to AWS IoT Greengrass, which devices make with the same certificate', () => {
    const [read] = readPolicyDocument(withStatement({ Action: 'greengrass:ResolveComponentCandidates' }))
    expect(read?.actions).toEqual(['greengrass:resolvecomponentcandidates'])
  })

  test.each([
    ['is not JSON', 'Version: 2012'],
    ['is no object', '[]'],
    ['has no version', JSON.stringify({ Statement: [statement] })],
    ['has another version', document({ Version: '2020-01-01' })],
    ['has no statement', JSON.stringify({ Version: '2012-10-17' })],
    ['has a statement that is no object', document({ Statement: ['Allow'] })],
    ['has an unknown effect', withStatement({ Effect: 'Maybe' })],
    ['has an action of another service', withStatement({ Action: 's3:GetObject' })],
    ['has no action', withStatement({ Action: [] })],
    ['has an action that is a number', withStatement({ Action: 3 })],
    ['has a resource that is no ARN', withStatement({ Resource: 'topic/a' })],
    ['has NotAction', withStatement({ NotAction: 'iot:Publish' })],
    ['has a condition that is no object', withStatement({ Condition: 'x' })],
    ['has an unknown condition operator', withStatement({ Condition: { Sounds: { a: 'b' } } })],
    ['has a condition operator without keys', withStatement({ Condition: { Bool: 'true' } })],
    ['has a condition value that is an object', withStatement({ Condition: { Bool: { a: {} } } })],
    ['has more than 2048 characters', withStatement({ Sid: 'x'.repeat(2048) })],
  ])('that %s is malformed', (_what, text) => {
    expect(() => readPolicyDocument(text)).toThrow(
      expect.objectContaining({ code: 'MalformedPolicyException', status: 400 }),
    )
  })
})
