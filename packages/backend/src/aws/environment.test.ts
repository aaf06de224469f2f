import { describe, expect, test } from 'vitest'
import { testVariables } from '../testing/fake-clients.ts'
import { environmentOf } from './environment.ts'

describe('the environment', () => {
  test('gives what the stack set', () => {
    const environment = environmentOf(testVariables)
    expect(environment.text('IOT_DATA_ENDPOINT')).toBe('data.example')
    expect(environment.seconds('RETIRE_DELAY_SECONDS')).toBe(600)
    expect(environmentOf({ RETIRE_HOLD_SECONDS: '0' }).seconds('RETIRE_HOLD_SECONDS')).toBe(0)
  })

  test.each([undefined, ''])('that lacks a setting (%j) ends the start with its name', value => {
    const environment = environmentOf({ IOT_DATA_ENDPOINT: value })
    expect(() => environment.text('IOT_DATA_ENDPOINT')).toThrow(/IOT_DATA_ENDPOINT is not set/u)
  })

  test('may leave out what means something by being empty', () => {
    const read = (value?: string) => environmentOf({ PCA_CA_ARN: value }).optionalText('PCA_CA_ARN')
    expect([read('arn'), read(''), read()]).toEqual(['arn', undefined, undefined])
  })

  test.each(['soon', '-1', '1.5'])('does not take %j for seconds', value => {
    const environment = environmentOf({ RETIRE_HOLD_SECONDS: value })
    expect(() => environment.seconds('RETIRE_HOLD_SECONDS')).toThrow(/no number of seconds/u)
  })
})
