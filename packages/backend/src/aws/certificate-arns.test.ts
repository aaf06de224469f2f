import { expect, test } from 'vitest'
import { certificateIdOf } from '../testing/test-ids.ts'
import { certificateArns } from './certificate-arns.ts'

const arns = certificateArns('arn:aws:iot:eu-west-1:123456789012:cert/')

test('a certificate has one id and one ARN', () => {
  const id = certificateIdOf('a')
  expect(arns.idOf(arns.of(id))).toBe(id)
})

test.each([
  'eu-west-1:7b8e1f3a-cognito',
  `arn:aws:iot:eu-west-1:210987654321:cert/${certificateIdOf('a')}`,
  'arn:aws:iot:eu-west-1:123456789012:cert/short',
])('%s is no certificate of the account', principal => {
  expect(arns.idOf(principal)).toBeUndefined()
})
