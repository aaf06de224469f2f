import { describe, expect, test } from 'vitest'
import { jobsWorld, shortTopics, thingArn } from '../testing/jobs-world.ts'

function setUp(body: Record<string, unknown> = {}) {
  const world = jobsWorld()
  world.enableEvents()
  world.registry.addGroup('fleet').join('dev1', 'fleet')
  world.createJob('J1', {
    targets: [world.registry.groupArn('fleet')],
    targetSelection: 'CONTINUOUS',
    ...body,
  })
  world.drain()
  const report = (status: string, thingName = 'dev1') =>
    world.device(thingName).publish(`$aws/things/${thingName}/jobs/J1/update`, { status })[0]?.body
  const executions = (thingName: string) =>
    (
      world.call('ListJobExecutionsForThing', { params: { thingName } }) as {
        executionSummaries: {
          jobExecutionSummary: { status: string; executionNumber: number; retryAttempt: number }
        }[]
      }
    ).executionSummaries.map(
      ({ jobExecutionSummary: { executionNumber, status } }) => `${executionNumber} ${status}`,
    )
  const job = () => (world.call('DescribeJob', { params: { jobId: 'J1' } }) as { job: object }).job
  return { world, report, executions, job }
}

describe('a continuous job', () => {
  test('gives a thing that joins its group an execution at once', () => {
    const { world, executions } = setUp()
    world.registry.join('dev2', 'fleet')
    expect(executions('dev2')).toEqual(['1 QUEUED'])
    expect(shortTopics(world.drain())).toEqual(['notify', 'notify-next'])
  })

  test('gives later joiners theirs beside the rollout rate', () => {
    const { world, executions } = setUp({ jobExecutionsRolloutConfig: { maximumPerMinute: 1 } })
    world.registry.join('dev2', 'fleet').join('dev3', 'fleet')
    expect([executions('dev2'), executions('dev3')]).toEqual([['1 QUEUED'], ['1 QUEUED']])
  })

  test('is never complete, even when every execution has ended', () => {
    const { report, job } = setUp()
    report('SUCCEEDED')
    expect(job()).toMatchObject({ status: 'IN_PROGRESS', targetSelection: 'CONTINUOUS' })
  })

  test('ends what is pending as REMOVED when the thing leaves, with notifications and an event', () => {
    const { world, executions, job } = setUp()
    world.registry.leave('dev1', 'fleet')
    expect(executions('dev1')).toEqual(['1 REMOVED'])
    expect(job()).toMatchObject({ jobProcessDetails: { numberOfRemovedThings: 1 } })
    expect(shortTopics(world.drain())).toEqual([
      'notify',
      'notify-next',
      '$aws/events/jobExecution/J1/removed',
    ])
  })

  test('also removes what is in progress', () => {
    const { world, report, executions } = setUp()
    report('IN_PROGRESS')
    world.registry.leave('dev1', 'fleet')
    expect(executions('dev1')).toEqual(['1 REMOVED'])
    expect(report('SUCCEEDED')).toMatchObject({ code: 'InvalidStateTransition' })
  })

  test('starts anew with the next number for a thing that comes back', () => {
    const { world, report, executions } = setUp()
    report('SUCCEEDED')
    world.registry.leave('dev1', 'fleet')
    expect(executions('dev1')).toEqual(['1 SUCCEEDED'])
    world.registry.join('dev1', 'fleet')
    expect(executions('dev1')).toEqual(['2 QUEUED', '1 SUCCEEDED'])
  })

  test('does nothing for a thing that joins the group twice', () => {
    const { world, report, executions } = setUp()
    report('SUCCEEDED')
    world.registry.join('dev1', 'fleet')
    expect(executions('dev1')).toEqual(['1 SUCCEEDED'])
  })

  test('resets the count of retries of a thing that comes back', () => {
    const retry = {
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    }
    const { world, report, executions } = setUp(retry)
    report('FAILED')
    report('FAILED')
    world.registry.leave('dev1', 'fleet').join('dev1', 'fleet')
    report('FAILED')
    expect(executions('dev1')).toEqual(['4 QUEUED', '3 FAILED', '2 FAILED', '1 FAILED'])
    report('FAILED')
    expect(executions('dev1')[0]).toBe('4 FAILED')
  })

  test('does not retry a thing that has left', () => {
    const retry = { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 3 }] } }
    const { world, report, executions } = setUp(retry)
    report('IN_PROGRESS')
    world.registry.leave('dev1', 'fleet')
    expect(executions('dev1')).toEqual(['1 REMOVED'])
  })

  test('follows things of child groups, and things that stay in by another group', () => {
    const { world, executions } = setUp()
    world.registry.addGroup('north', 'fleet').join('dev2', 'north')
    expect(executions('dev2')).toEqual(['1 QUEUED'])
    world.registry.join('dev2', 'fleet').leave('dev2', 'north')
    expect(executions('dev2')).toEqual(['1 QUEUED'])
    world.registry.leave('dev2', 'fleet')
    expect(executions('dev2')).toEqual(['1 REMOVED'])
  })

  test('does nothing for groups that it does not target', () => {
    const { world, executions } = setUp()
    world.registry.addGroup('other').join('dev2', 'other')
    expect(executions('dev2')).toEqual([])
  })

  test('does nothing for a group that is called like a thing that it targets', () => {
    const { world, executions } = setUp({ targets: [thingArn('dev3')] })
    world.registry.addGroup('dev3').join('dev2', 'dev3')
    expect(executions('dev2')).toEqual([])
  })

  test('takes no new members after its end time', () => {
    const { world, executions, job } = setUp({ schedulingConfig: { endTime: '2026-01-01 01:00' } })
    world.clock.advance(60 * 60_000)
    world.registry.join('dev2', 'fleet')
    expect(executions('dev2')).toEqual([])
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
  })

  test('that is cancelled takes no new members', () => {
    const { world, executions } = setUp()
    world.call('CancelJob', { params: { jobId: 'J1' } })
    world.registry.join('dev2', 'fleet')
    expect(executions('dev2')).toEqual([])
  })

  test('gives no execution to a thing that left while it waited for the rollout', () => {
    const { world, executions } = setUp({
      targets: [
        'arn:aws:iot:us-east-1:123456789012:thing/dev3',
        'arn:aws:iot:us-east-1:123456789012:thinggroup/fleet',
      ],
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    })
    expect(executions('dev1')).toEqual([])
    world.registry.leave('dev1', 'fleet')
    world.clock.advance(600_000)
    expect(executions('dev1')).toEqual([])
  })
})

describe('a snapshot job', () => {
  test('does not follow its group', () => {
    const { world, executions } = setUp({ targetSelection: 'SNAPSHOT' })
    world.registry.join('dev2', 'fleet').leave('dev1', 'fleet')
    expect(executions('dev2')).toEqual([])
    expect(executions('dev1')).toEqual(['1 QUEUED'])
  })

  test('removes the execution of a thing that is deleted, and is complete then', () => {
    const { world, executions, job } = setUp({ targetSelection: 'SNAPSHOT' })
    world.registry.deleteThing('dev1')
    expect(executions('dev1')).toEqual(['1 REMOVED'])
    expect(job()).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('associating targets', () => {
  const associate = (world: ReturnType<typeof jobsWorld>, targets: unknown, comment?: string) =>
    world.call('AssociateTargetsWithJob', {
      params: { jobId: 'J1' },
      body: { targets, ...(comment !== undefined && { comment }) },
    })

  test('gives things of the new targets their execution, and the job follows the new groups', () => {
    const { world, executions, job } = setUp()
    world.registry.addGroup('more').join('dev2', 'more')
    expect(associate(world, [world.registry.groupArn('more')], 'second wave')).toMatchObject({ jobId: 'J1' })
    expect(executions('dev2')).toEqual(['1 QUEUED'])
    world.registry.join('dev3', 'more')
    expect(executions('dev3')).toEqual(['1 QUEUED'])
    expect(job()).toMatchObject({ comment: 'second wave', targets: [expect.any(String), expect.any(String)] })
  })

  test('does nothing for things that are targets already', () => {
    const { world, report, executions, job } = setUp()
    report('SUCCEEDED')
    associate(world, [thingArn('dev1'), world.registry.groupArn('fleet')])
    expect(executions('dev1')).toEqual(['1 SUCCEEDED'])
    expect(job()).toHaveProperty('targets', [world.registry.groupArn('fleet'), thingArn('dev1')])
  })

  test('is refused for a snapshot job, for a job that is over, and for more than 100 targets', () => {
    const snapshot = setUp({ targetSelection: 'SNAPSHOT' }).world
    expect(() => associate(snapshot, [thingArn('dev2')])).toThrow(/not CONTINUOUS/)
    const canceled = setUp().world
    canceled.call('CancelJob', { params: { jobId: 'J1' } })
    expect(() => associate(canceled, [thingArn('dev2')])).toThrow(/CANCELED/)
    const { world } = setUp()
    const hundred = Array.from({ length: 100 }, (_, i) => thingArn(`t${i}`))
    expect(() => associate(world, hundred)).toThrow(/more than 100 targets/)
    expect(() => associate(world, [])).toThrow(/1 to 100 items/)
    expect(() => associate(world, undefined)).toThrow(/must not be null/)
  })

  test('an unknown thing is refused and nothing changes', () => {
    const { world, job, executions } = setUp()
    expect(() => associate(world, [thingArn('dev2'), thingArn('ghost')])).toThrow(/ghost not found/)
    expect(job()).toMatchObject({ targets: [world.registry.groupArn('fleet')] })
    expect(executions('dev2')).toEqual([])
  })
})
