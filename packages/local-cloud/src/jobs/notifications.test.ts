import { describe, expect, test } from 'vitest'
import { jobsWorld, shortTopics, thingArn } from '../testing/jobs-world.ts'

const prefix = '$aws/things/dev1/jobs'
const start = Date.UTC(2026, 0, 1) / 1000

describe('notify and notify-next', () => {
  test('the live sequence of a thing with one job: created, started, succeeded', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    const queued = {
      jobId: 'J1',
      queuedAt: start,
      lastUpdatedAt: start,
      versionNumber: 1,
      executionNumber: 1,
    }
    expect(world.drain()).toEqual([
      { topic: `${prefix}/notify`, body: { timestamp: start, jobs: { QUEUED: [queued] } } },
      {
        topic: `${prefix}/notify-next`,
        body: {
          timestamp: start,
          execution: { ...queued, status: 'QUEUED', jobDocument: { operation: 'ROTATE_CERTIFICATE' } },
        },
      },
    ])
    world.clock.advance(2500)
    device.publish(`${prefix}/start-next`, {})
    expect(world.drain()).toEqual([])
    device.publish(`${prefix}/J1/update`, { status: 'SUCCEEDED' })
    expect(world.drain()).toEqual([
      { topic: `${prefix}/notify`, body: { timestamp: start + 2, jobs: {} } },
      { topic: `${prefix}/notify-next`, body: { timestamp: start + 2 } },
    ])
  })

  test('the reply to a terminal update goes out before the notifications that it causes', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    world.drain()
    const order: string[] = []
    world.bus.listen(({ topic }) => void order.push(topic))
    device.replies.push = (...messages) => {
      order.push(...messages.map(({ topic }) => topic))
      return order.length
    }
    device.publish(`${prefix}/J1/update`, { status: 'SUCCEEDED' })
    expect(order).toEqual([`${prefix}/J1/update/accepted`, `${prefix}/notify`, `${prefix}/notify-next`])
  })

  test('a second job while the first is next notifies only the list', () => {
    const world = jobsWorld()
    world.createJob('J1')
    world.drain()
    world.createJob('J2')
    const messages = world.drain()
    expect(shortTopics(messages)).toEqual(['notify'])
    expect(messages[0]?.body).toMatchObject({ jobs: { QUEUED: [{ jobId: 'J1' }, { jobId: 'J2' }] } })
  })

  test('starting the first job, by start-next or by update, notifies nothing', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    world.createJob('J2')
    world.drain()
    device.publish(`${prefix}/start-next`, {})
    device.publish(`${prefix}/J1/update`, { status: 'IN_PROGRESS' })
    expect(world.drain()).toEqual([])
  })

  test('starting a later job while the first is queued notifies only the next', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    world.createJob('J2')
    world.drain()
    device.publish(`${prefix}/J2/update`, { status: 'IN_PROGRESS' })
    const messages = world.drain()
    expect(shortTopics(messages)).toEqual(['notify-next'])
    expect(messages[0]?.body).toMatchObject({
      execution: { jobId: 'J2', status: 'IN_PROGRESS', versionNumber: 2, startedAt: start },
    })
  })

  test('ending a job that is not next notifies only the list', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    world.createJob('J2')
    world.drain()
    device.publish(`${prefix}/J2/update`, { status: 'REJECTED' })
    expect(shortTopics(world.drain())).toEqual(['notify'])
  })

  test('ending the first job names the next one', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    world.createJob('J2')
    world.drain()
    device.publish(`${prefix}/J1/update`, { status: 'FAILED' })
    expect(world.drain()).toMatchObject([
      { topic: `${prefix}/notify`, body: { jobs: { QUEUED: [{ jobId: 'J2' }] } } },
      { topic: `${prefix}/notify-next`, body: { execution: { jobId: 'J2', status: 'QUEUED' } } },
    ])
  })

  test('a repeated IN_PROGRESS of the same execution notifies nothing', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    world.createJob('J1')
    device.publish(`${prefix}/J1/update`, { status: 'IN_PROGRESS' })
    world.drain()
    device.publish(`${prefix}/J1/update`, { status: 'IN_PROGRESS', statusDetails: { phase: 'check' } })
    expect(world.drain()).toEqual([])
  })

  test('cancelling, deleting with force and removing the thing publish the pair for an emptied list', () => {
    const ends: Record<string, (world: ReturnType<typeof jobsWorld>) => void> = {
      cancel: world => void world.call('CancelJob', { params: { jobId: 'J1' } }),
      delete: world => void world.call('DeleteJob', { params: { jobId: 'J1' }, query: { force: 'true' } }),
      remove: world => void world.registry.deleteThing('dev1'),
    }
    for (const end of Object.values(ends)) {
      const world = jobsWorld()
      world.createJob('J1')
      world.drain()
      end(world)
      expect(world.drain()).toEqual([
        { topic: `${prefix}/notify`, body: { timestamp: start, jobs: {} } },
        { topic: `${prefix}/notify-next`, body: { timestamp: start } },
      ])
    }
  })

  test('jobs in progress come before queued ones, each by the time of queueing', () => {
    const world = jobsWorld()
    const device = world.device('dev1')
    for (const jobId of ['J1', 'J2', 'J3']) {
      world.createJob(jobId)
      world.clock.advance(1000)
    }
    device.publish(`${prefix}/J3/update`, { status: 'IN_PROGRESS' })
    device.publish(`${prefix}/J2/update`, { status: 'IN_PROGRESS' })
    world.drain()
    world.createJob('J4')
    expect(world.drain()[0]?.body).toMatchObject({
      jobs: {
        IN_PROGRESS: [{ jobId: 'J2' }, { jobId: 'J3' }],
        QUEUED: [{ jobId: 'J1' }, { jobId: 'J4' }],
      },
    })
  })

  test('notify and get list no more than ten pending executions, and fifteen with those of scheduled jobs', () => {
    const world = jobsWorld()
    const listed = (): string[] => {
      const last = world.drain().at(-1)?.body as { jobs: { QUEUED: { jobId: string }[] } }
      const ids = last.jobs.QUEUED.map(({ jobId }) => jobId)
      const [reply] = world.device('dev1').publish(`${prefix}/get`, {})
      expect(reply?.body).toMatchObject({ queuedJobs: ids.map(jobId => ({ jobId })) })
      return ids
    }
    for (let i = 1; i <= 11; i++) world.createJob(`J${i}`)
    const ten = Array.from({ length: 10 }, (_, i) => `J${i + 1}`)
    expect(listed()).toEqual(ten)
    const schedulingConfig = { endTime: '2026-02-01 00:00' }
    for (let i = 1; i <= 6; i++) world.createJob(`S${i}`, { schedulingConfig })
    expect(listed()).toEqual([...ten, 'S1', 'S2', 'S3', 'S4', 'S5'])
  })

  test('only the things concerned are notified', () => {
    const world = jobsWorld()
    world.createJob('J1', { targets: [thingArn('dev2')] })
    expect(new Set(world.drain().map(({ topic }) => topic.split('/')[2]))).toEqual(new Set(['dev2']))
  })
})
