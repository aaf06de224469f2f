import { RotationWorld } from '@rotator/backend/testing/rotation-world'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { claimConnected, eventIn } from './rule-world.ts'

const arn = 'arn:aws:iot:eu-west-1:123456789012:thing/dev1'
const ended = {
  eventType: 'JOB_EXECUTION',
  operation: 'succeeded',
  jobId: 'J1',
  thingArn: arn,
  status: 'SUCCEEDED',
  statusDetails: { CertificateRotator: 'true', certificateId: '<new>', phase: 'finish' },
}

/** The event of AWS IoT Jobs about the end of an execution, after a commit. */
export const jobEvent: Target = {
  name: 'job-event',
  isSlow: true,
  mutate: jsonOf([
    ...Object.keys(ended),
    ...Object.values(ended).map(String),
    '<old>',
    'timed_out',
    'deleted',
  ]),
  async execute(input) {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.commit(world.commitEvent(world.new))
    const event = eventIn(world, input)
    try {
      await world.finish(event)
    } catch (error) {
      const refusal = String(error)
      if (!refusal.startsWith('Error: the event is not one of')) throw error
      return wordsOf(refusal)
    }
    claimConnected(world)
    const { operation, jobId, thingArn } = Object(event)
    const { progress } = world.record
    const isOurs = /^arn:[a-z-]+:iot:[a-z0-9-]+:\d{12}:thing\/dev1$/u.test(thingArn) && jobId === 'J1'
    claim(progress === 'committed' || isOurs, `the end of something else made the record ${String(progress)}`)
    claim(progress !== 'settled' || operation === 'succeeded', 'the record was settled without a success')
    claimArn(String(thingArn), [...world.aws.data.shadows.keys()])
    const queued = world.aws.messaging.queue.map(({ body }) => body)
    claim(!queued.some(body => body.includes(world.new)), 'the certificate in use is to be retired')
    return `${operation} ${String(progress)} queued ${queued.length}`
  },
  seeds: () =>
    Object.fromEntries(
      ['succeeded', 'failed', 'rejected', 'timed_out', 'canceled', 'removed', 'deleted'].map(operation => [
        operation,
        JSON.stringify({ ...ended, operation, status: operation.toUpperCase() }),
      ]),
    ),
}

/** A record is only ever written for the thing that the ARN names. */
function claimArn(thingArn: string, things: readonly string[]): void {
  for (const thing of things.filter(name => name !== 'dev1')) {
    claim(thingArn.endsWith(`:thing/${thing}`), `${thingArn} was taken for the thing ${thing}`)
  }
}
