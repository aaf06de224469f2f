import { describe, expect, test } from 'vitest'
import { jobsWorld } from '../testing/jobs-world.ts'
import { ratePerMinute } from './rollout.ts'

const minuteMs = 60_000

describe('the rate of a rollout', () => {
  test('is 1000 a minute where nothing is said, and the maximum where it is', () => {
    expect(ratePerMinute(undefined, 0, 0)).toBe(1000)
    expect(ratePerMinute({ maximumPerMinute: 100 }, 5000, 5000)).toBe(100)
  })

  const exponential = (criteria: object) => ({
    exponentialRate: { baseRatePerMinute: 50, incrementFactor: 2, rateIncreaseCriteria: criteria },
  })

  test.for([
    [0, 50],
    [999, 50],
    [1000, 100],
    [1999, 100],
    [2000, 200],
    [3000, 400],
    [4000, 800],
  ] as const)('the table of the documentation: after %d notified things %d a minute', ([things, rate]) => {
    expect(ratePerMinute(exponential({ numberOfNotifiedThings: 1000 }), things, 0)).toBe(rate)
    expect(ratePerMinute(exponential({ numberOfSucceededThings: 1000 }), 9999, things)).toBe(rate)
  })

  test('is never above the maximum', () => {
    const config = { ...exponential({ numberOfNotifiedThings: 10 }), maximumPerMinute: 120 }
    expect(ratePerMinute(config, 10, 0)).toBe(100)
    expect(ratePerMinute(config, 20, 0)).toBe(120)
    expect(ratePerMinute(exponential({ numberOfNotifiedThings: 1 }), 10_000, 0)).toBe(1000)
  })

  test('grows by a fractional factor in whole things', () => {
    const config = {
      exponentialRate: {
        baseRatePerMinute: 5,
        incrementFactor: 1.5,
        rateIncreaseCriteria: { numberOfNotifiedThings: 5 },
      },
    }
    expect([0, 5, 10].map(notified => ratePerMinute(config, notified, 0))).toEqual([5, 7, 11])
  })
})

describe('a rollout', () => {
  function setUp(things: number, body: Record<string, unknown>) {
    const world = jobsWorld()
    world.registry.addGroup('fleet')
    for (let i = 1; i <= things; i++) world.registry.addThings(`core${i}`).join(`core${i}`, 'fleet')
    world.createJob('J1', { targets: [world.registry.groupArn('fleet')], ...body })
    const queuedSince = () => world.drain().filter(({ topic }) => topic.endsWith('/notify')).length
    const job = () => (world.call('DescribeJob', { params: { jobId: 'J1' } }) as { job: object }).job
    return { world, queuedSince, job }
  }

  test('queues so many executions each minute and no more', () => {
    const { world, queuedSince, job } = setUp(25, { jobExecutionsRolloutConfig: { maximumPerMinute: 10 } })
    expect(queuedSince()).toBe(10)
    expect(job()).toMatchObject({
      isConcurrent: true,
      jobProcessDetails: { processingTargets: [expect.any(String)] },
    })
    world.clock.advance(minuteMs - 1)
    expect(queuedSince()).toBe(0)
    world.clock.advance(1)
    expect(queuedSince()).toBe(10)
    world.clock.advance(minuteMs)
    expect(queuedSince()).toBe(5)
    expect(job()).toMatchObject({ isConcurrent: false })
    expect(job()).not.toHaveProperty('jobProcessDetails.processingTargets')
  })

  test('an exponential rate is reached minute by minute', () => {
    const { world, queuedSince } = setUp(100, {
      jobExecutionsRolloutConfig: {
        exponentialRate: {
          baseRatePerMinute: 10,
          incrementFactor: 2,
          rateIncreaseCriteria: { numberOfNotifiedThings: 20 },
        },
      },
    })
    const perMinute = [queuedSince()]
    for (let minute = 1; minute <= 4; minute++) {
      world.clock.advance(minuteMs)
      perMinute.push(queuedSince())
    }
    expect(perMinute).toEqual([10, 10, 20, 40, 20])
  })

  test('a snapshot job is not complete before its rollout is', () => {
    const { world, job } = setUp(2, { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } })
    world.device('core1').publish('$aws/things/core1/jobs/J1/update', { status: 'SUCCEEDED' })
    expect(job()).toMatchObject({ status: 'IN_PROGRESS' })
    world.clock.advance(minuteMs)
    world.device('core2').publish('$aws/things/core2/jobs/J1/update', { status: 'SUCCEEDED' })
    expect(job()).toMatchObject({ status: 'COMPLETED' })
  })

  test('a thing that is deleted while it waits is passed over, and the job can complete', () => {
    const { world, job } = setUp(2, { jobExecutionsRolloutConfig: { maximumPerMinute: 1 } })
    world.registry.deleteThing('core2')
    world.device('core1').publish('$aws/things/core1/jobs/J1/update', { status: 'SUCCEEDED' })
    world.clock.advance(minuteMs)
    expect(job()).toMatchObject({ status: 'COMPLETED' })
  })

  test('things that are passed over do not use up the rate', () => {
    const { world, queuedSince } = setUp(5, { jobExecutionsRolloutConfig: { maximumPerMinute: 2 } })
    world.registry.deleteThing('core3').deleteThing('core4')
    queuedSince()
    world.clock.advance(minuteMs)
    expect(queuedSince()).toBe(1)
  })

  test('a cancelled job rolls out no more', () => {
    const { world, queuedSince } = setUp(20, { jobExecutionsRolloutConfig: { maximumPerMinute: 10 } })
    world.call('CancelJob', { params: { jobId: 'J1' } })
    queuedSince()
    world.clock.advance(10 * minuteMs)
    expect(queuedSince()).toBe(0)
  })

  test('a thing that is a target twice gets one execution', () => {
    const { world } = setUp(1, {})
    world.createJob('J2', {
      targets: [world.registry.groupArn('fleet'), world.registry.thingArn('core1')],
    })
    expect(world.call('ListJobExecutionsForJob', { params: { jobId: 'J2' } })).toMatchObject({
      executionSummaries: [{ jobExecutionSummary: { executionNumber: 1 } }],
    })
  })
})
