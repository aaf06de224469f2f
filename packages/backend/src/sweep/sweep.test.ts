import { describe, expect, test } from 'vitest'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { RotationWorld, thing } from '../testing/rotation-world.ts'
import { sweep } from './sweep.ts'
import { invocationMs, listPauseMs } from './walk.ts'

const others = Array.from({ length: 9 }, (_, index) => `thing-${index}`)

/** Many things, on each of which one rotation failed without anybody hearing of it, and one page for two of them. */
function fleet(): RotationWorld {
  const world = new RotationWorld()
  world.setExecution(1, 'FAILED')
  for (const name of others) {
    world.aws.iot.addThing(name)
    const failed = {
      status: 'FAILED',
      document: '{"operation":"ROTATE_CERTIFICATE"}',
      updatedAtMs: world.nowMs,
    }
    world.aws.data.setExecution(name, { jobId: `job-of-${name}`, executionNumber: 1, ...failed })
    world.aws.data.setExecution(name, { jobId: 'job-of-all', executionNumber: 1, ...failed })
  }
  world.aws.jobs.pageSize = 2
  world.aws.iot.pageSize = 2
  return world
}

const told = (world: RotationWorld): string[] =>
  world.aws.messaging.notifications
    .map(({ attributes }) => `${attributes.thingName} ${attributes.jobId}`)
    .toSorted()

const everything = ['dev1 J1', ...others.flatMap(name => [`${name} job-of-all`, `${name} job-of-${name}`])]
const events = (world: RotationWorld) => world.lines.map(({ event }) => event)

describe('a sweep', () => {
  test('M14: comes to every thing of every job, page by page', async () => {
    const world = fleet()
    await world.sweep()
    expect(told(world)).toEqual(everything.toSorted())
    expect(events(world)).toContain('sweep-finished')
  })

  test('M14: goes on in another invocation where time is up, wherever that is, and comes to everything once', async () => {
    const world = fleet()
    const invocations: unknown[] = []
    const deps = {
      ...world.sweepDeps,
      // Every list takes so long that it is the last one of its invocation.
      pause: async (ms: number) => {
        if (ms > 0) world.nowMs += invocationMs
      },
      sweepTimes: { ...world.sweepDeps.sweepTimes, everySeconds: 1_000_000, roundSeconds: 1_000_000 },
      continuations: { add: async (event: object) => void invocations.push(event) },
    }
    world.nowMs += 400_000
    let event: unknown = {}
    for (let turn = 0; event !== undefined; turn += 1) {
      expect(turn).toBeLessThan(200)
      await sweep(deps)(JSON.parse(JSON.stringify(event)))
      event = invocations.shift()
    }
    expect(told(world)).toEqual(everything.toSorted())
    expect(events(world).filter(name => name === 'sweep-finished')).toHaveLength(1)
  })

  test('a continuation is an event for its own function', async () => {
    const world = fleet()
    world.nowMs += 400_000
    const startedAtMs = world.nowMs
    world.whilePausing = () => {
      world.nowMs += invocationMs
    }
    await sweep(world.sweepDeps)({})
    expect(world.aws.messaging.invocations).toEqual([
      {
        functionName: 'AWSLabsCertificateRotatorSweep',
        event: { startedAtMs, cursor: expect.objectContaining({ at: 'jobs' }), failures: 0 },
      },
    ])
  })

  test('where the job that it stopped at is gone meanwhile, the others of its page are still looked at', async () => {
    const world = fleet()
    world.nowMs += 400_000
    const cursor = { at: 'jobs', job: 'gone' }
    await sweep(world.sweepDeps)({ startedAtMs: world.nowMs, cursor, failures: 0 })
    expect(told(world)).toEqual(everything.toSorted())
  })

  test('C3: calls what has low quotas one after the other, at its pace', async () => {
    const world = fleet()
    const atMs: number[] = []
    const real = world.sweepDeps.jobs
    const noted = <R>(call: () => R): R => {
      atMs.push(world.nowMs)
      return call()
    }
    const jobs: typeof real = {
      ...real,
      list: page => noted(() => real.list(page)),
      listShares: (jobId, page) => noted(() => real.listShares(jobId, page)),
    }
    world.nowMs += 400_000
    await sweep({ ...world.sweepDeps, jobs })({})
    const gaps = atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0))
    expect(gaps.length).toBeGreaterThan(10)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(listPauseMs)
  })

  test('C1: one thing that cannot be looked at keeps no other from it, and the sweep counts as finished, with something left out', async () => {
    const world = fleet()
    world.aws.failNext('GetThingShadow', 'before', new AwsFailure(400, 'InvalidRequestException', 'no'))
    await world.sweep()
    expect(world.aws.failuresFired).toBe(1)
    expect(events(world)).toContain('thing-not-swept')
    expect(events(world).slice(-2)).toEqual(['sweep-incomplete', 'sweep-finished'])
    expect(world.lines).toContainEqual({
      level: 'error',
      event: 'sweep-incomplete',
      problem: '1 jobs or things could not be looked at; the next sweeps try again',
    })
    expect(told(world).length).toBeGreaterThan(15)
    await world.sweep()
    expect(told(world)).toEqual(everything.toSorted())
    expect(events(world).filter(name => name === 'sweep-incomplete')).toHaveLength(1)
  })

  test('C1: one job that cannot be looked at, another team’s for instance, keeps no other job and no thing from it', async () => {
    const world = fleet()
    const { jobs } = world.sweepDeps
    let failures = 0
    const failing: typeof jobs = {
      ...jobs,
      isRotation: async jobId => {
        if (jobId !== 'J1') return jobs.isRotation(jobId)
        failures += 1
        throw new AwsFailure(400, 'InvalidRequestException', 'no document')
      },
    }
    world.nowMs += 400_000
    await sweep({ ...world.sweepDeps, jobs: failing })({})
    expect(failures).toBe(1)
    expect(world.lines).toContainEqual(expect.objectContaining({ event: 'job-not-swept', jobId: 'J1' }))
    expect(events(world)).toContain('sweep-incomplete')
    expect(told(world).length).toBeGreaterThan(0)
  })

  test('tells nobody of the devices of a cancelled job that never began, and writes and reads no record of them', async () => {
    const world = new RotationWorld()
    world.aws.data.deleteExecutions(thing)
    const cancelled = {
      jobId: 'job-of-all',
      executionNumber: 1,
      document: '{"operation":"ROTATE_CERTIFICATE"}',
      updatedAtMs: world.nowMs,
    }
    for (const [index, name] of others.entries()) {
      const status = index % 2 === 0 ? 'CANCELED' : 'REMOVED'
      world.aws.data.setExecution(name, { ...cancelled, status })
    }
    world.nowMs += 400_000
    await sweep({ ...world.sweepDeps, things: { list: async () => ({ items: [], next: undefined }) } })({})
    expect(world.aws.calls).toContain('ListJobExecutionsForJob')
    expect(world.aws.calls.filter(call => call === 'GetThingShadow')).toEqual([])
    expect(told(world)).toEqual([])
    expect(world.aws.data.shadows.size).toBe(0)
    expect(events(world)).toEqual(['sweep-finished'])
  })

  test('tells of what was in progress as its job was cancelled, and of what ended by itself without having begun', async () => {
    const world = new RotationWorld()
    world.aws.data.deleteExecutions(thing)
    const ended = {
      jobId: 'job-of-all',
      executionNumber: 1,
      document: '{"operation":"ROTATE_CERTIFICATE"}',
      updatedAtMs: world.nowMs,
    }
    const set = (name: string, more: { status: string; startedAtMs?: number }) =>
      world.aws.data.setExecution(name, { ...ended, ...more })
    set('never-began', { status: 'CANCELED' })
    set('began', { status: 'CANCELED', startedAtMs: world.nowMs - 1_000 })
    for (const status of ['FAILED', 'REJECTED', 'TIMED_OUT']) set(`unread-${status}`, { status })
    await world.sweep()
    const things = ['began', 'unread-FAILED', 'unread-REJECTED', 'unread-TIMED_OUT']
    expect(told(world)).toEqual(things.map(name => `${name} job-of-all`).toSorted())
    expect([...world.aws.data.shadows.keys()].toSorted()).toEqual(things.toSorted())
  })

  test('M14: tells of a try whose end was lost, though its next one was cancelled before the device took it up', async () => {
    const world = new RotationWorld()
    world.setExecution(1, 'TIMED_OUT')
    const second = { jobId: 'J1', executionNumber: 2, status: 'CANCELED', updatedAtMs: world.nowMs }
    world.aws.data.setExecution(thing, { ...second, document: '{"operation":"ROTATE_CERTIFICATE"}' })
    await world.sweep()
    await world.sweep()
    expect(world.aws.messaging.notifications.map(({ attributes }) => attributes.executionNumber)).toEqual([
      '1',
    ])
  })

  test('C1: a list that fails is left to the repeat of the event', async () => {
    const world = fleet()
    world.aws.failNext('ListJobs', 'before')
    await expect(world.sweep()).rejects.toThrow()
    await world.sweep()
    expect(told(world)).toEqual(everything.toSorted())
  })

  test('one that never gets through ends and says what to do', async () => {
    const world = fleet()
    const startedAtMs = world.nowMs
    world.nowMs += 3_600_001
    await sweep(world.sweepDeps)({ startedAtMs, cursor: { at: 'jobs' }, failures: 0 })
    expect(world.lines).toMatchObject([{ level: 'error', event: 'sweep-cut-short' }])
    expect(world.aws.calls).toEqual([])
  })

  test('C8: a job that is deleted while it is looked at has nothing to tell', async () => {
    const world = fleet()
    world.aws.jobs.pageSize = 250
    world.nowMs += 400_000
    const real = world.sweepDeps.jobs
    const jobs: typeof real = {
      ...real,
      isRotation: async jobId => {
        const answer = await real.isRotation(jobId)
        world.aws.data.deleteExecutions(thing)
        return answer
      },
    }
    await sweep({ ...world.sweepDeps, jobs })({})
    expect(told(world)).toEqual(everything.slice(1).toSorted())
  })

  test('costs one list of jobs and of things where nothing happened', async () => {
    const world = new RotationWorld()
    world.aws.data.deleteExecutions(thing)
    await world.sweep()
    expect(world.aws.calls.filter(call => call !== 'GetThingShadow')).toEqual([
      'DescribeJobTemplate',
      'ListJobs',
      'ListThings',
    ])
  })
})
