import { describe, expect, test } from 'vitest'
import type { Retirement } from '../retire-certificate/retirement.ts'
import { FakeAws } from '../testing/fake-aws/fake-aws.ts'
import { fakeClients, testVariables } from '../testing/fake-clients.ts'
import { certificateIdOf, thingName } from '../testing/test-ids.ts'
import { snsOperators } from './operators.ts'
import { iotReplies } from './replies.ts'
import { sqsRetirements } from './retirements.ts'

const retirement = (word: string): Retirement => ({
  thingName: thingName('dev1'),
  certificateId: certificateIdOf(word),
  why: 'decided',
  step: 'deactivate',
  notBeforeMs: 1,
  attempt: 0,
})

describe('messages', () => {
  test('a reply goes to its topic with its quality of service', async () => {
    const aws = new FakeAws()
    await iotReplies(fakeClients(aws).data).publish(
      'awslabs/things/dev1/certificate/create/accepted',
      { a: 1 },
      1,
    )
    expect(aws.data.published).toEqual([
      { topic: 'awslabs/things/dev1/certificate/create/accepted', qos: 1, payload: { a: 1 } },
    ])
  })

  test('operators get the sentence, and the facts that are known as attributes', async () => {
    const aws = new FakeAws()
    await snsOperators(fakeClients(aws).sns, testVariables.NOTIFICATION_TOPIC_ARN).tell({
      message: 'dev1 kept its certificate.',
      facts: { thingName: 'dev1', code: undefined },
    })
    expect(aws.messaging.notifications).toEqual([
      { message: 'dev1 kept its certificate.', attributes: { thingName: 'dev1' } },
    ])
  })

  test('more retirements than one batch takes are queued in several', async () => {
    const aws = new FakeAws()
    const all = Array.from({ length: 11 }, (_, n) => retirement(String(n)))
    await sqsRetirements(fakeClients(aws).sqs, testVariables.RETIRE_QUEUE_URL).add(all, 5)
    expect(aws.messaging.queue.map(({ body }) => JSON.parse(body))).toEqual(all)
    expect(aws.messaging.queue[0]).toMatchObject({ delaySeconds: 5 })
    expect(aws.count('SendMessageBatch')).toBe(2)
  })

  test('a retirement that SQS did not take throws, so that the event comes again', async () => {
    const aws = new FakeAws()
    aws.messaging.refusesEntry = body => body.includes(certificateIdOf('b'))
    const queue = sqsRetirements(fakeClients(aws).sqs, testVariables.RETIRE_QUEUE_URL)
    await expect(queue.add([retirement('a'), retirement('b')], 0)).rejects.toThrow(/SQS did not take/u)
  })
})
