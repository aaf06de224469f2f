import { describe, expect, test } from 'vitest'
import { jobsWorld, shortTopics } from '../testing/jobs-world.ts'

const topic = (rest: string): string => `$aws/things/dev1/jobs/${rest}`
const minuteMs = 60_000

function setUp(inProgressTimeoutInMinutes?: number) {
  const world = jobsWorld()
  world.enableEvents()
  world.createJob(
    'J1',
    inProgressTimeoutInMinutes === undefined ? {} : { timeoutConfig: { inProgressTimeoutInMinutes } },
  )
  world.drain()
  const device = world.device('dev1')
  const report = (body: object) =>
    device.publish(topic('J1/update'), { status: 'IN_PROGRESS', ...body })[0]?.body
  const described = () =>
    (
      world.call('DescribeJobExecution', { params: { jobId: 'J1', thingName: 'dev1' } }) as {
        execution: object
      }
    ).execution
  return { world, device, report, described, minutes: (n: number) => world.clock.advance(n * minuteMs) }
}

describe('the in-progress timer', () => {
  test('starts with IN_PROGRESS, is not prolonged by updates, and ends the execution as TIMED_OUT', () => {
    const { report, described, minutes } = setUp(5)
    minutes(60)
    expect(described()).toMatchObject({ status: 'QUEUED' })
    report({})
    minutes(4)
    report({})
    expect(described()).toMatchObject({ status: 'IN_PROGRESS', approximateSecondsBeforeTimedOut: 60 })
    minutes(1)
    expect(described()).toMatchObject({ status: 'TIMED_OUT', versionNumber: 4 })
    expect(described()).not.toHaveProperty('approximateSecondsBeforeTimedOut')
  })

  test('its end is told by notify, notify-next and an event', () => {
    const { world, report, minutes } = setUp(1)
    report({ statusDetails: { CertificateRotator: 'true' } })
    minutes(1)
    const messages = world.drain()
    expect(shortTopics(messages)).toEqual([
      'notify',
      'notify-next',
      '$aws/events/jobExecution/J1/timed_out',
      '$aws/events/job/J1/completed',
    ])
    expect(messages[2]?.body).toMatchObject({
      status: 'TIMED_OUT',
      statusDetails: { CertificateRotator: 'true' },
    })
  })

  test('does not strike an execution that has ended', () => {
    const { report, described, minutes } = setUp(1)
    report({})
    report({ status: 'SUCCEEDED' })
    minutes(10)
    expect(described()).toMatchObject({ status: 'SUCCEEDED', versionNumber: 3 })
  })

  test('without timeoutConfig an execution stays in progress', () => {
    const { report, described, minutes } = setUp()
    report({})
    minutes(100_000)
    expect(described()).toMatchObject({ status: 'IN_PROGRESS' })
  })

  test('devices see the seconds that are left', () => {
    const { world, device, report } = setUp(5)
    report({})
    world.clock.advance(1000)
    expect(device.publish(topic('J1/get'), {})[0]?.body).toMatchObject({
      execution: { approximateSecondsBeforeTimedOut: 299 },
    })
  })
})

describe('the step timer', () => {
  test('the example of the documentation: each update replaces it, and it never goes beyond the in-progress timer', () => {
    const { report, described, minutes } = setUp(20)
    report({})
    minutes(5)
    report({ stepTimeoutInMinutes: 7 })
    minutes(5)
    report({ stepTimeoutInMinutes: 5 })
    minutes(3)
    report({ stepTimeoutInMinutes: 9 })
    expect(described()).toMatchObject({ approximateSecondsBeforeTimedOut: 7 * 60 })
    minutes(6)
    expect(described()).toMatchObject({ status: 'IN_PROGRESS' })
    minutes(1)
    expect(described()).toMatchObject({ status: 'TIMED_OUT' })
  })

  test('ends an execution of a job without timeout', () => {
    const { report, described, minutes } = setUp()
    report({ stepTimeoutInMinutes: 2 })
    minutes(2)
    expect(described()).toMatchObject({ status: 'TIMED_OUT' })
  })

  test('an update without the field leaves it running', () => {
    const { report, described, minutes } = setUp()
    report({ stepTimeoutInMinutes: 2 })
    minutes(1)
    report({})
    minutes(1)
    expect(described()).toMatchObject({ status: 'TIMED_OUT' })
  })

  test('-1 takes it off', () => {
    const { report, described, minutes } = setUp()
    report({ stepTimeoutInMinutes: 2 })
    report({ stepTimeoutInMinutes: -1 })
    minutes(100)
    expect(described()).toMatchObject({ status: 'IN_PROGRESS' })
  })

  test('start-next sets it, also for an execution that is in progress already', () => {
    const { device, described, minutes } = setUp()
    device.publish(topic('start-next'), { stepTimeoutInMinutes: 2 })
    device.publish(topic('start-next'), { stepTimeoutInMinutes: 3 })
    minutes(2)
    expect(described()).toMatchObject({ status: 'IN_PROGRESS' })
    minutes(1)
    expect(described()).toMatchObject({ status: 'TIMED_OUT' })
  })
})
