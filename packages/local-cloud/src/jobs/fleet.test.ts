import { describe, expect, test } from 'vitest'
import { jobsWorld } from '../testing/jobs-world.ts'

const fleetSize = 10_000
const minuteMs = 60_000

/** A job of ten thousand things that is rolled out, ten minutes after its creation. */
function rolledOut() {
  const world = jobsWorld()
  world.registry.addGroup('fleet')
  const things = Array.from({ length: fleetSize }, (_, i) => `core${i}`)
  for (const thing of things) world.registry.addThings(thing).join(thing, 'fleet')
  world.enableEvents()
  world.createJob('J1', {
    targets: [world.registry.groupArn('fleet')],
    timeoutConfig: { inProgressTimeoutInMinutes: 60 },
  })
  world.clock.advance(9 * minuteMs)
  const report = (thing: string, status: string) =>
    world.device(thing).publish(`$aws/things/${thing}/jobs/J1/update`, { status })
  const counts = () =>
    (world.call('DescribeJob', { params: { jobId: 'J1' } }) as { job: { jobProcessDetails: object } }).job
      .jobProcessDetails
  return { world, things, report, counts }
}

describe('a job of ten thousand things', () => {
  test('is rolled out in ten minutes and notifies each thing once', () => {
    const { world, counts } = rolledOut()
    expect(counts()).toMatchObject({ numberOfQueuedThings: fleetSize })
    const topics = world.drain().map(({ topic }) => topic)
    expect(topics).toHaveLength(2 * fleetSize)
    expect(new Set(topics).size).toBe(2 * fleetSize)
  })

  test('is done thing by thing, each end telling nobody but the thing concerned and the listeners of events', () => {
    const { world, things, report, counts } = rolledOut()
    world.drain()
    for (const thing of things) report(thing, 'IN_PROGRESS')
    expect(world.drain()).toEqual([])
    for (const thing of things) report(thing, 'SUCCEEDED')
    expect(world.drain()).toHaveLength(3 * fleetSize + 1)
    expect(counts()).toMatchObject({ numberOfSucceededThings: fleetSize, numberOfInProgressThings: 0 })
    expect(world.call('DescribeJob', { params: { jobId: 'J1' } })).toMatchObject({
      job: { status: 'COMPLETED' },
    })
  })

  test('times out as a whole', () => {
    const { world, things, report, counts } = rolledOut()
    for (const thing of things) report(thing, 'IN_PROGRESS')
    world.clock.advance(60 * minuteMs)
    expect(counts()).toMatchObject({ numberOfTimedOutThings: fleetSize })
  })

  test('is listed in pages', () => {
    const { world } = rolledOut()
    const names = new Set<string>()
    let nextToken: string | undefined
    let pages = 0
    do {
      const page = world.call('ListJobExecutionsForJob', {
        params: { jobId: 'J1' },
        query: { maxResults: '250', ...(nextToken !== undefined && { nextToken }) },
      }) as { executionSummaries: { thingArn: string }[]; nextToken?: string }
      for (const { thingArn } of page.executionSummaries) names.add(thingArn)
      nextToken = page.nextToken
      pages += 1
    } while (nextToken !== undefined)
    expect(pages).toBe(fleetSize / 250)
    expect(names.size).toBe(fleetSize)
  })

  test('does not look through its group when a thing joins or leaves it', () => {
    const world = jobsWorld()
    world.registry.addGroup('fleet')
    world.createJob('J1', { targets: [world.registry.groupArn('fleet')], targetSelection: 'CONTINUOUS' })
    const before = world.registry.groupsRead
    for (let i = 0; i < 1000; i++) world.registry.addThings(`core${i}`).join(`core${i}`, 'fleet')
    expect(world.call('DescribeJob', { params: { jobId: 'J1' } })).toMatchObject({
      job: { jobProcessDetails: { numberOfQueuedThings: 1000 } },
    })
    for (let i = 0; i < 1000; i++) world.registry.leave(`core${i}`, 'fleet')
    expect(world.call('DescribeJob', { params: { jobId: 'J1' } })).toMatchObject({
      job: { jobProcessDetails: { numberOfRemovedThings: 1000 } },
    })
    expect(world.registry.groupsRead).toBe(before)
  })
})
