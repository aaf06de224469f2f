import { describe, expect, test } from 'vitest'
import { type JobsWorld, jobsWorld, thingArn } from '../testing/jobs-world.ts'

const timestamp = Date.UTC(2026, 0, 1) / 1000

const report = (world: JobsWorld, status: string, more: object = {}, thingName = 'dev1'): unknown =>
  world.device(thingName).publish(`$aws/things/${thingName}/jobs/J1/update`, { status, ...more })[0]?.body

const events = (world: JobsWorld) => world.drain().filter(({ topic }) => topic.startsWith('$aws/events/'))
const topics = (world: JobsWorld) => events(world).map(({ topic }) => topic.slice('$aws/events/'.length))

function enabled(): JobsWorld {
  const world = jobsWorld()
  world.enableEvents()
  return world
}

describe('job execution events', () => {
  test('that are switched off hide no end from a test that listens', () => {
    const world = jobsWorld()
    const ended: string[] = []
    world.service.onExecutionEnded(({ operation, execution }) => {
      ended.push(`${operation} ${execution.thingName}`)
    })
    world.createJob('J1')
    report(world, 'FAILED')
    expect(events(world)).toEqual([])
    expect(ended).toEqual(['failed dev1'])
  })

  test('are not published before the account enables them', () => {
    const world = jobsWorld()
    world.createJob('J1')
    report(world, 'SUCCEEDED')
    expect(events(world)).toEqual([])
  })

  test('tell the end of an execution with thing, status and details, and no execution number', () => {
    const world = enabled()
    world.createJob('J1')
    report(world, 'SUCCEEDED', { statusDetails: { CertificateRotator: true } })
    expect(events(world)[0]).toEqual({
      topic: '$aws/events/jobExecution/J1/succeeded',
      body: {
        eventType: 'JOB_EXECUTION',
        eventId: 'event-1',
        timestamp,
        operation: 'succeeded',
        jobId: 'J1',
        thingArn: thingArn('dev1'),
        status: 'SUCCEEDED',
        statusDetails: { CertificateRotator: 'true' },
      },
    })
  })

  test('carry no details where the execution has none', () => {
    const world = enabled()
    world.createJob('J1')
    report(world, 'FAILED')
    expect(events(world)[0]?.body).not.toHaveProperty('statusDetails')
  })

  test('are published for no status that is not terminal', () => {
    const world = enabled()
    world.createJob('J1')
    report(world, 'IN_PROGRESS')
    report(world, 'IN_PROGRESS', { statusDetails: { a: 'b' } })
    expect(events(world)).toEqual([])
  })

  const ends: Record<string, (world: JobsWorld) => unknown> = {
    succeeded: world => report(world, 'SUCCEEDED'),
    failed: world => report(world, 'FAILED'),
    rejected: world => report(world, 'REJECTED'),
    canceled: world => world.call('CancelJobExecution', { params: { jobId: 'J1', thingName: 'dev1' } }),
    timed_out(world) {
      report(world, 'IN_PROGRESS')
      world.clock.advance(60_000)
    },
    removed: world => world.registry.deleteThing('dev1'),
    deleted: world =>
      world.call('DeleteJobExecution', {
        params: { jobId: 'J1', thingName: 'dev1', executionNumber: '1' },
        query: { force: 'true' },
      }),
  }
  for (const [operation, end] of Object.entries(ends))
    test(`there is one for ${operation}`, () => {
      const world = enabled()
      world.createJob('J1', { timeoutConfig: { inProgressTimeoutInMinutes: 1 } })
      end(world)
      const [event] = events(world)
      expect(event?.topic).toBe(`$aws/events/jobExecution/J1/${operation}`)
      expect(event?.body).toMatchObject({
        operation,
        status: operation === 'deleted' ? 'QUEUED' : operation.toUpperCase(),
      })
    })
})

describe('job events', () => {
  test('completed tells the targets, the times in milliseconds and how things ended', () => {
    const world = enabled()
    world.createJob('J1', { description: 'rotate', targets: ['dev1', 'dev2'].map(thingArn) })
    world.clock.advance(1234)
    report(world, 'SUCCEEDED')
    report(world, 'FAILED', {}, 'dev2')
    expect(events(world).at(-1)).toEqual({
      topic: '$aws/events/job/J1/completed',
      body: {
        eventType: 'JOB',
        eventId: 'event-3',
        timestamp: timestamp + 1,
        operation: 'completed',
        jobId: 'J1',
        status: 'COMPLETED',
        targetSelection: 'SNAPSHOT',
        targets: ['dev1', 'dev2'].map(thingArn),
        description: 'rotate',
        completedAt: timestamp * 1000 + 1234,
        createdAt: timestamp * 1000,
        lastUpdatedAt: timestamp * 1000 + 1234,
        jobProcessDetails: {
          numberOfCanceledThings: 0,
          numberOfRejectedThings: 0,
          numberOfFailedThings: 1,
          numberOfRemovedThings: 0,
          numberOfSucceededThings: 1,
        },
      },
    })
  })

  test('a cancellation tells its begin, each execution, and its end', () => {
    const world = enabled()
    world.createJob('J1')
    world.call('CancelJob', { params: { jobId: 'J1' }, body: { comment: 'wrong firmware' } })
    const published = events(world)
    expect(published.map(({ topic }) => topic)).toEqual([
      '$aws/events/job/J1/cancellation_in_progress',
      '$aws/events/jobExecution/J1/canceled',
      '$aws/events/job/J1/canceled',
    ])
    expect(published[0]?.body).toMatchObject({
      status: 'CANCELLATION_IN_PROGRESS',
      comment: 'wrong firmware',
    })
    expect(published[2]?.body).toMatchObject({ status: 'CANCELED' })
    expect(published[2]?.body).not.toHaveProperty('jobProcessDetails')
    expect(published[2]?.body).not.toHaveProperty('completedAt')
  })

  test('a deletion tells its begin, each execution, and its end', () => {
    const world = enabled()
    world.createJob('J1')
    world.call('DeleteJob', { params: { jobId: 'J1' }, query: { force: 'true' } })
    const published = events(world)
    expect(published.map(({ topic }) => topic)).toEqual([
      '$aws/events/job/J1/deletion_in_progress',
      '$aws/events/jobExecution/J1/deleted',
      '$aws/events/job/J1/deleted',
    ])
    expect(published[0]?.body).toMatchObject({ status: 'DELETION_IN_PROGRESS' })
    expect(published[2]?.body).toMatchObject({ status: 'DELETED' })
  })

  test('JOB and JOB_EXECUTION are enabled and disabled each for itself', () => {
    const published = (types: Record<string, boolean>): string[] => {
      const world = enabled()
      world.configureEvents(types)
      world.createJob('J1')
      report(world, 'SUCCEEDED')
      return topics(world)
    }
    expect(published({ JOB: false })).toEqual(['jobExecution/J1/succeeded'])
    expect(published({ JOB_EXECUTION: false })).toEqual(['job/J1/completed'])
    expect(published({ JOB: false, JOB_EXECUTION: false })).toEqual([])
  })
})

describe('faults of events', () => {
  test('an event is lost as often as wanted, and only the events', () => {
    const world = enabled()
    world.createJob('J1')
    const fault = world.service.faults.lose(/^\$aws\/events\/jobExecution\//, 1)
    expect(report(world, 'SUCCEEDED')).toEqual({ timestamp })
    expect(topics(world)).toEqual(['job/J1/completed'])
    expect(fault.fired).toBe(1)
  })

  test('an event is published twice with the same id', () => {
    const world = enabled()
    world.createJob('J1')
    world.drain()
    const fault = world.service.faults.duplicate(/^\$aws\/events\/jobExecution\//, 1)
    report(world, 'SUCCEEDED')
    const [first, second] = events(world)
    expect(second).toEqual(first)
    expect(fault.fired).toBe(1)
  })

  test('a late event tells the time of its making', () => {
    const world = enabled()
    world.createJob('J1')
    world.drain()
    const fault = world.service.faults.delay(/^\$aws\/events\/jobExecution\//, 60_000, 1)
    report(world, 'SUCCEEDED')
    expect(topics(world)).toEqual(['job/J1/completed'])
    world.clock.advance(60_000)
    expect(events(world)).toMatchObject([
      { topic: '$aws/events/jobExecution/J1/succeeded', body: { timestamp } },
    ])
    expect(fault.fired).toBe(1)
  })
})
