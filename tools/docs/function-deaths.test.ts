import { describe, expect, test } from 'vitest'
import { type Deaths, requireEveryCall } from './function-deaths.ts'

const deathsOf = (calls: string[]): Deaths => ({
  title: 'a function',
  permissions: [{ actions: ['iot:Publish', 'sns:Publish'], on: 'any' }],
  again: '',
  steps: calls.map(call => ({ calls: [call], what: '', leaves: '', repeated: '' })),
})

describe('the deaths of a function', () => {
  test('are told for every call that it may make', () => {
    expect(() => requireEveryCall(deathsOf(['sns:Publish', 'iot:Publish', 'sns:Publish']))).not.toThrow()
    expect(() => requireEveryCall(deathsOf(['sns:Publish']))).toThrow('a function differ in iot:Publish')
  })

  test('are told for no call that it may not make', () => {
    const calls = ['iot:Publish', 'sns:Publish', 'iot:DeleteCertificate']
    expect(() => requireEveryCall(deathsOf(calls))).toThrow('differ in iot:DeleteCertificate')
  })
})
