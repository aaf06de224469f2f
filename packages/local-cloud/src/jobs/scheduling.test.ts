import { describe, expect, test } from 'vitest'
import { jobsWorld, thingArn } from '../testing/jobs-world.ts'
import { parseScheduling } from './scheduling.ts'

const now = Date.UTC(2026, 0, 1)
const minuteMs = 60_000

describe('the times of a schedule', () => {
  test.for([
    ['2026-01-01 00:30', now + 30 * minuteMs],
    ['2026-01-01T00:30', now + 30 * minuteMs],
    ['2026-01-01T01:30:00Z', now + 90 * minuteMs],
    ['2026-01-01T03:30:00+02:00', now + 90 * minuteMs],
  ] as const)('%s is understood, as UTC where no zone is said', ([startTime, startAtMs]) => {
    expect(parseScheduling({ startTime }, now)).toMatchObject({ startTime, startAtMs })
  })

  test.for([
    [{ startTime: 'tomorrow' }, /is no time/],
    [{ startTime: '2026-13-01 00:00' }, /is no time/],
    [{ startTime: '2026-01-01 00:29' }, /at least 30 minutes/],
    [{ startTime: '2027-02-01 00:00' }, /at most one year/],
    [{ endTime: '2026-01-01 00:29' }, /30 minutes after startTime/],
    [{ startTime: '2026-01-01 01:00', endTime: '2026-01-01 01:29' }, /30 minutes after startTime/],
    [{ endTime: '2028-02-01 00:00' }, /at most two years/],
    [{ endBehavior: 'CANCEL' }, /needs an endTime/],
    [{ endTime: '2026-02-01 00:00', endBehavior: 'STOP' }, /enum value set/],
    [{ maintenanceWindows: [] }, /not supported/],
  ] as const)('%j is refused', ([config, message]) => {
    expect(() => parseScheduling(config, now)).toThrow(message)
  })
})

describe('a scheduled job', () => {
  function setUp(schedulingConfig: Record<string, unknown>, body: Record<string, unknown> = {}) {
    const world = jobsWorld()
    world.createJob('J1', { targets: ['dev1', 'dev2'].map(thingArn), schedulingConfig, ...body })
    const job = () => (world.call('DescribeJob', { params: { jobId: 'J1' } }) as { job: object }).job
    const statuses = () =>
      (
        world.call('ListJobExecutionsForJob', { params: { jobId: 'J1' } }) as {
          executionSummaries: { jobExecutionSummary: { status: string } }[]
        }
      ).executionSummaries.map(({ jobExecutionSummary }) => jobExecutionSummary.status)
    return { world, job, statuses }
  }

  test('is SCHEDULED with no execution until its start time, then rolls out', () => {
    const { world, job, statuses } = setUp({ startTime: '2026-01-01 01:00' })
    expect(job()).toMatchObject({ status: 'SCHEDULED', schedulingConfig: { startTime: '2026-01-01 01:00' } })
    expect(world.drain()).toEqual([])
    world.clock.advance(60 * minuteMs - 1)
    expect(statuses()).toEqual([])
    world.clock.advance(1)
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
    expect(statuses()).toEqual(['QUEUED', 'QUEUED'])
    expect(world.drain()).toHaveLength(4)
  })

  test('that is continuous starts with the members that its group has at its start time', () => {
    const { world } = setUp({}, {})
    world.registry.addGroup('fleet').join('dev1', 'fleet').join('dev2', 'fleet')
    world.createJob('J2', {
      targets: [world.registry.groupArn('fleet')],
      targetSelection: 'CONTINUOUS',
      schedulingConfig: { startTime: '2026-01-01 01:00' },
    })
    world.registry.leave('dev1', 'fleet').join('dev3', 'fleet')
    world.registry.leave('dev2', 'fleet').join('dev2', 'fleet')
    world.clock.advance(60 * minuteMs)
    const { executionSummaries } = world.call('ListJobExecutionsForJob', { params: { jobId: 'J2' } }) as {
      executionSummaries: { thingArn: string; jobExecutionSummary: object }[]
    }
    expect(executionSummaries).toMatchObject(
      ['dev2', 'dev3'].map(name => ({
        thingArn: thingArn(name),
        jobExecutionSummary: { executionNumber: 1 },
      })),
    )
    expect(executionSummaries).toHaveLength(2)
  })

  test('that is cancelled before its start never starts', () => {
    const { world, job, statuses } = setUp({ startTime: '2026-01-01 01:00' })
    world.call('CancelJob', { params: { jobId: 'J1' } })
    world.clock.advance(120 * minuteMs)
    expect(job()).toMatchObject({ status: 'CANCELED' })
    expect(statuses()).toEqual([])
  })

  test.for([
    ['STOP_ROLLOUT', ['IN_PROGRESS', 'QUEUED'], 'IN_PROGRESS'],
    ['CANCEL', ['IN_PROGRESS', 'CANCELED'], 'IN_PROGRESS'],
    ['FORCE_CANCEL', ['CANCELED', 'CANCELED'], 'COMPLETED'],
  ] as const)('at its end time with %s has executions %j and is %s', ([endBehavior, expected, status]) => {
    const { world, job, statuses } = setUp({ endTime: '2026-01-01 01:00', endBehavior })
    world.device('dev1').publish('$aws/things/dev1/jobs/J1/update', { status: 'IN_PROGRESS' })
    world.clock.advance(60 * minuteMs)
    expect(statuses()).toEqual(expected)
    expect(job()).toMatchObject({ status })
  })

  test('that ended and whose last execution ended is COMPLETED, also a continuous one', () => {
    const { world, job } = setUp({ endTime: '2026-01-01 01:00' }, { targetSelection: 'CONTINUOUS' })
    world.clock.advance(60 * minuteMs)
    for (const thing of ['dev1', 'dev2'])
      world.device(thing).publish(`$aws/things/${thing}/jobs/J1/update`, { status: 'SUCCEEDED' })
    expect(job()).toMatchObject({ status: 'COMPLETED' })
  })

  test('its end time stops a rollout under way', () => {
    const world = jobsWorld()
    world.registry.addGroup('fleet')
    for (let i = 0; i < 40; i++) world.registry.addThings(`core${i}`).join(`core${i}`, 'fleet')
    world.createJob('J1', {
      targets: [world.registry.groupArn('fleet')],
      schedulingConfig: { endTime: '2026-01-01 00:30' },
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    })
    world.clock.advance(60 * minuteMs)
    expect(world.call('DescribeJob', { params: { jobId: 'J1' } })).toMatchObject({
      job: { status: 'IN_PROGRESS', isConcurrent: false, jobProcessDetails: { numberOfQueuedThings: 30 } },
    })
  })

  test('a job that completes before its end time stays as it is', () => {
    const { world, job } = setUp({ endTime: '2026-01-01 01:00' })
    for (const thing of ['dev1', 'dev2'])
      world.device(thing).publish(`$aws/things/${thing}/jobs/J1/update`, { status: 'SUCCEEDED' })
    const before = job()
    world.clock.advance(120 * minuteMs)
    expect(job()).toEqual(before)
  })
})
