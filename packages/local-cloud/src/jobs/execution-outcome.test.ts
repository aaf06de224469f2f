import { describe, expect, test } from 'vitest'
import { jobsWorld, shortTopics, thingArn } from '../testing/jobs-world.ts'

const minuteMs = 60_000
const three = ['dev1', 'dev2', 'dev3'].map(thingArn)

function setUp(body: Record<string, unknown>) {
  const world = jobsWorld()
  world.enableEvents()
  world.createJob('J1', body)
  world.drain()
  const report = (status: string, thingName = 'dev1') =>
    world.device(thingName).publish(`$aws/things/${thingName}/jobs/J1/update`, { status })[0]?.body
  const execution = (thingName = 'dev1') =>
    (world.call('DescribeJobExecution', { params: { jobId: 'J1', thingName } }) as { execution: object })
      .execution
  const job = () =>
    (world.call('DescribeJob', { params: { jobId: 'J1' } }) as { job: Record<string, unknown> }).job
  return { world, report, execution, job }
}

const retries = (...criteriaList: [failureType: string, numberOfRetries: number][]) => ({
  jobExecutionsRetryConfig: {
    criteriaList: criteriaList.map(([failureType, numberOfRetries]) => ({ failureType, numberOfRetries })),
  },
})

describe('retries', () => {
  test('a failed execution is followed by a queued one with the next number and version 1', () => {
    const { world, report, execution, job } = setUp(retries(['FAILED', 1]))
    report('IN_PROGRESS')
    world.drain()
    report('FAILED')
    expect(execution()).toMatchObject({ status: 'QUEUED', executionNumber: 2, versionNumber: 1 })
    expect(execution()).not.toHaveProperty('statusDetails')
    expect(job()).toMatchObject({
      status: 'IN_PROGRESS',
      jobProcessDetails: { numberOfQueuedThings: 1, numberOfFailedThings: 0 },
    })
    const messages = world.drain()
    expect(shortTopics(messages)).toEqual(['notify', 'notify-next', '$aws/events/jobExecution/J1/failed'])
    expect(messages[1]?.body).toMatchObject({ execution: { jobId: 'J1', executionNumber: 2 } })
  })

  test('as many retries as allowed are made, and the last failure stays', () => {
    const { report, execution, job } = setUp(retries(['FAILED', 2]))
    for (const number of [1, 2]) {
      report('FAILED')
      expect(execution()).toMatchObject({ status: 'QUEUED', executionNumber: number + 1 })
    }
    report('FAILED')
    expect(execution()).toMatchObject({ status: 'FAILED', executionNumber: 3 })
    expect(job()).toMatchObject({ status: 'COMPLETED', jobProcessDetails: { numberOfFailedThings: 1 } })
  })

  test('success and rejection are not retried', () => {
    for (const status of ['SUCCEEDED', 'REJECTED']) {
      const { report, execution } = setUp(retries(['ALL', 3]))
      report(status)
      expect(execution()).toMatchObject({ status, executionNumber: 1 })
    }
  })

  test('a timeout is retried by TIMED_OUT and by ALL, not by FAILED', () => {
    for (const [failureType, executionNumber] of [
      ['TIMED_OUT', 2],
      ['ALL', 2],
      ['FAILED', 1],
    ] as const) {
      const { world, report, execution } = setUp({
        ...retries([failureType, 1]),
        timeoutConfig: { inProgressTimeoutInMinutes: 1 },
      })
      report('IN_PROGRESS')
      world.clock.advance(minuteMs)
      expect(execution()).toMatchObject({ executionNumber })
    }
  })

  test('each failure type has its own count', () => {
    const { world, report, execution } = setUp({
      ...retries(['FAILED', 1], ['TIMED_OUT', 1]),
      timeoutConfig: { inProgressTimeoutInMinutes: 1 },
    })
    report('FAILED')
    report('IN_PROGRESS')
    world.clock.advance(minuteMs)
    expect(execution()).toMatchObject({ status: 'QUEUED', executionNumber: 3 })
    report('FAILED')
    expect(execution()).toMatchObject({ status: 'FAILED', executionNumber: 3 })
  })

  test('ALL counts failures and timeouts together', () => {
    const { world, report, execution } = setUp({
      ...retries(['ALL', 1]),
      timeoutConfig: { inProgressTimeoutInMinutes: 1 },
    })
    report('FAILED')
    report('IN_PROGRESS')
    world.clock.advance(minuteMs)
    expect(execution()).toMatchObject({ status: 'TIMED_OUT', executionNumber: 2 })
  })

  test('a cancelled job is not retried', () => {
    const { world, report, execution } = setUp(retries(['FAILED', 3]))
    report('IN_PROGRESS')
    world.call('CancelJob', { params: { jobId: 'J1' } })
    report('FAILED')
    expect(execution()).toMatchObject({ status: 'FAILED', executionNumber: 1 })
  })

  test('a retry goes to the end of the queue', () => {
    const { world, report } = setUp(retries(['FAILED', 1]))
    world.clock.advance(1000)
    world.createJob('J2')
    world.clock.advance(1000)
    report('FAILED')
    expect(world.device('dev1').publish('$aws/things/dev1/jobs/$next/get', {})[0]?.body).toMatchObject({
      execution: { jobId: 'J2' },
    })
  })

  test('each attempt is listed for the thing with its retry number', () => {
    const { world, report } = setUp(retries(['FAILED', 1]))
    report('FAILED')
    expect(world.call('ListJobExecutionsForThing', { params: { thingName: 'dev1' } })).toMatchObject({
      executionSummaries: [
        { jobId: 'J1', jobExecutionSummary: { status: 'QUEUED', executionNumber: 2, retryAttempt: 1 } },
        { jobId: 'J1', jobExecutionSummary: { status: 'FAILED', executionNumber: 1, retryAttempt: 0 } },
      ],
    })
  })
})

const aborts = (failureType: string, thresholdPercentage: number, minNumberOfExecutedThings: number) => ({
  abortConfig: {
    criteriaList: [{ failureType, action: 'CANCEL', thresholdPercentage, minNumberOfExecutedThings }],
  },
})

describe('abort', () => {
  test('cancels what is queued and leaves what is in progress', () => {
    const { report, execution, job } = setUp({ targets: three, ...aborts('FAILED', 33, 1) })
    report('IN_PROGRESS', 'dev2')
    report('FAILED', 'dev1')
    expect(job()).toMatchObject({ status: 'CANCELED', forceCanceled: false })
    expect(execution('dev1')).toMatchObject({ status: 'FAILED' })
    expect(execution('dev2')).toMatchObject({ status: 'IN_PROGRESS' })
    expect(execution('dev3')).toMatchObject({ status: 'CANCELED' })
    report('SUCCEEDED', 'dev2')
    expect(execution('dev2')).toMatchObject({ status: 'SUCCEEDED' })
    expect(job()).toMatchObject({ status: 'CANCELED' })
  })

  test('below the percentage nothing is cancelled', () => {
    const { report, job } = setUp({ targets: three, ...aborts('FAILED', 34, 1) })
    report('FAILED', 'dev1')
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
    report('FAILED', 'dev2')
    expect(job()).toMatchObject({ status: 'CANCELED' })
  })

  test('below the least number of things nothing is cancelled', () => {
    const { report, job } = setUp({ targets: three, ...aborts('FAILED', 1, 4) })
    report('FAILED', 'dev1')
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
  })

  test('each failure type counts for itself, ALL for every one', () => {
    for (const [failureType, status, expected] of [
      ['FAILED', 'REJECTED', 'IN_PROGRESS'],
      ['REJECTED', 'REJECTED', 'CANCELED'],
      ['TIMED_OUT', 'FAILED', 'IN_PROGRESS'],
      ['ALL', 'REJECTED', 'CANCELED'],
      ['ALL', 'SUCCEEDED', 'IN_PROGRESS'],
    ] as const) {
      const { report, job } = setUp({ targets: three, ...aborts(failureType, 1, 1) })
      report(status, 'dev1')
      expect(job()).toMatchObject({ status: expected })
    }
  })

  test('a percentage of 0 still needs a failure', () => {
    const { report, job } = setUp({ targets: three, ...aborts('FAILED', 0, 1) })
    report('SUCCEEDED', 'dev1')
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
    report('FAILED', 'dev2')
    expect(job()).toMatchObject({ status: 'CANCELED' })
  })

  test('stops the retries', () => {
    const { report, execution } = setUp({ ...aborts('FAILED', 100, 1), ...retries(['FAILED', 5]) })
    report('FAILED')
    expect(execution()).toMatchObject({ status: 'FAILED', executionNumber: 1 })
  })

  test('stops the rollout', () => {
    const { world, report } = setUp({
      targets: three,
      ...aborts('FAILED', 100, 1),
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    })
    report('FAILED', 'dev1')
    world.clock.advance(10 * minuteMs)
    expect(world.call('ListJobExecutionsForJob', { params: { jobId: 'J1' } })).toMatchObject({
      executionSummaries: [{ thingArn: thingArn('dev1') }],
    })
  })
})

describe('completion', () => {
  test('a snapshot job is complete when its last execution has ended, however', () => {
    const { world, report, job } = setUp({ targets: three })
    report('SUCCEEDED', 'dev1')
    report('REJECTED', 'dev2')
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
    world.clock.advance(1500)
    world.call('CancelJobExecution', { params: { jobId: 'J1', thingName: 'dev3' } })
    expect(job()).toMatchObject({
      status: 'COMPLETED',
      completedAt: world.clock.now() / 1000,
      jobProcessDetails: {
        numberOfSucceededThings: 1,
        numberOfRejectedThings: 1,
        numberOfCanceledThings: 1,
        numberOfQueuedThings: 0,
      },
    })
  })

  test('a snapshot job whose group is empty is complete at once', () => {
    const world = jobsWorld()
    world.registry.addGroup('empty')
    world.createJob('J1', { targets: [world.registry.groupArn('empty')] })
    expect(world.call('DescribeJob', { params: { jobId: 'J1' } })).toMatchObject({
      job: { status: 'COMPLETED' },
    })
  })
})
