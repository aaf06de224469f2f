import { certificateIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { fieldRows } from './schema-fields.ts'

test('a field is told with its value, whether it is always there, and what it means', () => {
  const schema = v.object({
    certificateId: v.optional(certificateIdSchema),
    text: v.pipe(v.string(), v.maxLength(7)),
    operation: v.literal('ROTATE'),
  })
  const meanings = { certificateId: 'whose', text: 'what', operation: 'why' }
  expect(fieldRows({ schema, meanings })).toEqual([
    ['`certificateId`', '64 hexadecimal digits', 'no', 'whose'],
    ['`text`', 'string, at most 7 characters', 'yes', 'what'],
    ['`operation`', '`"ROTATE"`', 'yes', 'why'],
  ])
})
