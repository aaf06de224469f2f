import { describe, expect, test } from 'vitest'
import { documentText, jobsWorld } from '../testing/jobs-world.ts'
import { refusalInWords } from '../testing/refusal.ts'

const now = Date.UTC(2026, 0, 1) / 1000

function setUp() {
  const world = jobsWorld()
  world.createJob('J1')
  world.drain()
  const thing = { thingName: 'dev1' }
  const execution = { thingName: 'dev1', jobId: 'J1' }
  const update = (body: Record<string, unknown>, jobId = 'J1') =>
    world.callData('UpdateJobExecution', { params: { ...thing, jobId }, body })
  const describeIt = (query: Record<string, string> = {}, jobId = 'J1') =>
    world.callData('DescribeJobExecution', { params: { ...thing, jobId }, query })
  return { world, thing, execution, update, describeIt }
}

describe('the data plane by HTTP', () => {
  test('GetPendingJobExecutions answers both lists in whole seconds', () => {
    const { world, thing, update } = setUp()
    const summary = { jobId: 'J1', queuedAt: now, lastUpdatedAt: now, versionNumber: 1, executionNumber: 1 }
    expect(world.callData('GetPendingJobExecutions', { params: thing })).toEqual({
      inProgressJobs: [],
      queuedJobs: [summary],
    })
    update({ status: 'IN_PROGRESS' })
    expect(world.callData('GetPendingJobExecutions', { params: thing })).toEqual({
      inProgressJobs: [{ ...summary, startedAt: now, versionNumber: 2 }],
      queuedJobs: [],
    })
  })

  test('StartNextPendingJobExecution starts, with the document as text', () => {
    const { world, thing } = setUp()
    const body = { statusDetails: { phase: 'ask' }, stepTimeoutInMinutes: 1 }
    expect(world.callData('StartNextPendingJobExecution', { params: thing, body })).toEqual({
      execution: {
        jobId: 'J1',
        thingName: 'dev1',
        jobDocument: documentText,
        status: 'IN_PROGRESS',
        statusDetails: { phase: 'ask' },
        queuedAt: now,
        startedAt: now,
        lastUpdatedAt: now,
        approximateSecondsBeforeTimedOut: 60,
        versionNumber: 2,
        executionNumber: 1,
      },
    })
  })

  test('StartNextPendingJobExecution answers no execution where nothing is pending', () => {
    const { world } = setUp()
    expect(world.callData('StartNextPendingJobExecution', { params: { thingName: 'dev2' } })).toEqual({})
  })

  test('DescribeJobExecution takes $next, a number, and whether the document is wanted', () => {
    const { describeIt } = setUp()
    expect(describeIt({}, '$next')).toMatchObject({ execution: { jobId: 'J1', jobDocument: documentText } })
    expect(describeIt({ executionNumber: '1', includeJobDocument: 'true' })).toHaveProperty(
      'execution.jobDocument',
    )
    expect(describeIt({ includeJobDocument: 'false' })).not.toHaveProperty('execution.jobDocument')
  })

  test('UpdateJobExecution answers state and document only where they are asked for', () => {
    const { update } = setUp()
    expect(update({ status: 'IN_PROGRESS' })).toEqual({})
    expect(
      update({
        status: 'IN_PROGRESS',
        includeJobExecutionState: true,
        includeJobDocument: true,
        expectedVersion: 2,
      }),
    ).toEqual({ executionState: { status: 'IN_PROGRESS', versionNumber: 3 }, jobDocument: documentText })
  })

  test('an update by HTTP notifies and tells its event like one by MQTT', () => {
    const { world, update } = setUp()
    world.enableEvents()
    update({ status: 'SUCCEEDED' })
    expect(world.drain().map(({ topic }) => topic)).toEqual([
      '$aws/things/dev1/jobs/notify',
      '$aws/things/dev1/jobs/notify-next',
      '$aws/events/jobExecution/J1/succeeded',
      '$aws/events/job/J1/completed',
    ])
  })

  test('describing an execution that has ended is 410 TerminalStateException', () => {
    const { update, describeIt } = setUp()
    update({ status: 'SUCCEEDED' })
    expect(refusalInWords(() => describeIt())).toMatch(/^410 TerminalStateException/)
    expect(refusalInWords(() => describeIt({ executionNumber: '1' }))).toMatch(/^410 TerminalStateException/)
  })

  test('updating an execution that has ended is 409 InvalidStateTransitionException', () => {
    const { update } = setUp()
    update({ status: 'SUCCEEDED' })
    expect(refusalInWords(() => update({ status: 'FAILED' }))).toMatch(/^409 InvalidStateTransitionException/)
  })

  test('another version than expected is refused, saying both', () => {
    const { update } = setUp()
    expect(refusalInWords(() => update({ status: 'IN_PROGRESS', expectedVersion: 9 }))).toBe(
      '400 InvalidRequestException: Expected version 9 but found version 1',
    )
  })

  test('unknown jobs and things are 404 ResourceNotFoundException', () => {
    const { world, update, describeIt } = setUp()
    expect(refusalInWords(() => update({ status: 'SUCCEEDED' }, 'none'))).toMatch(
      /^404 ResourceNotFoundException/,
    )
    expect(refusalInWords(() => describeIt({}, 'none'))).toMatch(/^404 ResourceNotFoundException/)
    expect(
      refusalInWords(() => world.callData('GetPendingJobExecutions', { params: { thingName: 'ghost' } })),
    ).toMatch(/^404 ResourceNotFoundException/)
  })

  test('a malformed request is 400 InvalidRequestException', () => {
    const { update, describeIt } = setUp()
    for (const run of [
      () => update({}),
      () => update({ status: 'TIMED_OUT' }),
      () => describeIt({ executionNumber: 'one' }),
      () => describeIt({ includeJobDocument: 'maybe' }),
    ])
      expect(refusalInWords(run)).toMatch(/^400 InvalidRequestException/)
  })
})
