import { rejectionCodes } from '@rotator/protocol/rejection-codes'
import { expect, test } from 'vitest'
import { deviceReplies, type Refusal } from './device-replies.ts'
import { certificateIdOf, thingName } from './testing/test-ids.ts'

const thing = thingName('dev1')
const [a, b] = [certificateIdOf('a'), certificateIdOf('b')]
const { meaning } = rejectionCodes.UNKNOWN_CERTIFICATE_ATTACHED

test.each<[string, Omit<Refusal, 'code'>, string]>([
  ['what its code means alone', {}, meaning],
  ['the problem of this case', { problem: 'two' }, `${meaning} (two)`],
  ['the certificates', { certificateIds: [a, b] }, `${meaning} (${a}, ${b})`],
  ['the problem and the certificates', { problem: 'two', certificateIds: [a] }, `${meaning} (two; ${a})`],
  ['nothing of an empty list', { problem: 'two', certificateIds: [] }, `${meaning} (two)`],
])('a rejection says %s', async (_, more, errorMsg) => {
  const published: unknown[] = []
  const replies = deviceReplies({ publish: async (...message) => void published.push(message) }, 'create')
  await replies.reject(
    { thing, version: 'v2', echo: { executionNumber: 1 } },
    { code: 'UNKNOWN_CERTIFICATE_ATTACHED', ...more },
  )
  const payload = { executionNumber: 1, errorMsg, code: 'UNKNOWN_CERTIFICATE_ATTACHED', retryable: false }
  expect(published).toEqual([['awslabs/things/dev1/certificate/create/rejected', payload, 1]])
})
