import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { jobIdSchema, thingNameSchema } from './ids.ts'
import { accepted, certificateTopics, jobTopics, readTopic, rejected, subscriptions } from './topics.ts'

const thing = parse(thingNameSchema, 'dev:1_a-B')
const job = parse(jobIdSchema, 'job-1')

describe('topics', () => {
  test('the nine subscriptions are those of version 1, in its order', () => {
    expect(subscriptions(thing)).toEqual([
      '$aws/things/dev:1_a-B/jobs/notify-next',
      '$aws/things/dev:1_a-B/jobs/+/get/accepted',
      '$aws/things/dev:1_a-B/jobs/+/get/rejected',
      '$aws/things/dev:1_a-B/jobs/+/update/accepted',
      '$aws/things/dev:1_a-B/jobs/+/update/rejected',
      'awslabs/things/dev:1_a-B/certificate/create/accepted',
      'awslabs/things/dev:1_a-B/certificate/create/rejected',
      'awslabs/things/dev:1_a-B/certificate/commit/accepted',
      'awslabs/things/dev:1_a-B/certificate/commit/rejected',
    ])
  })

  test.each([
    [accepted(certificateTopics.create(thing)), { kind: 'create', accepted: true }],
    [rejected(certificateTopics.create(thing)), { kind: 'create', accepted: false }],
    [accepted(certificateTopics.commit(thing)), { kind: 'commit', accepted: true }],
    [rejected(certificateTopics.commit(thing)), { kind: 'commit', accepted: false }],
    [accepted(jobTopics.get(thing, '$next')), { kind: 'job-get', jobId: '$next', accepted: true }],
    [rejected(jobTopics.get(thing, job)), { kind: 'job-get', jobId: 'job-1', accepted: false }],
    [accepted(jobTopics.update(thing, job)), { kind: 'job-update', jobId: 'job-1', accepted: true }],
    ['$aws/things/dev:1_a-B/jobs/notify-next', { kind: 'notify-next' }],
  ])('%s is read as what it answers', (topic, expected) => {
    expect(readTopic(thing, topic)).toEqual(expected)
  })

  test.each([
    '$aws/things/other/jobs/notify-next',
    '$aws/things/other/jobs/job-1/get/accepted',
    '$aws/things/dev:1_a-B/jobs/notify',
    '$aws/things/dev:1_a-B/jobs/job-1/start/accepted',
    'awslabs/things/other/certificate/create/accepted',
    'awslabs/things/dev:1_a-B/certificate/create',
    '',
  ])('%j is none of ours', topic => {
    expect(readTopic(thing, topic)).toBeUndefined()
  })
})
