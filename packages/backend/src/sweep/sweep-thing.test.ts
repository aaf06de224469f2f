import { describe, expect, test } from 'vitest'
import { otherCsr, RotationWorld, thing } from '../testing/rotation-world.ts'
import { sweep } from './sweep.ts'

const codes = (world: RotationWorld) =>
  world.aws.messaging.notifications.map(({ attributes }) => attributes.code)
const executions = (world: RotationWorld) =>
  world.aws.messaging.notifications.map(
    ({ attributes }) => `${attributes.jobId}#${attributes.executionNumber}`,
  )

describe('a sweep of a thing', () => {
  test('M14: settles an end whose event was lost, and tells of it', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.setExecution(1, 'TIMED_OUT')
    await world.sweep()
    await world.drainAll()
    expect(world.usable).toEqual([world.old])
    expect(codes(world)).toEqual(['old-kept'])
  })

  test('M14: tells of the end of the last job ever, also where no certificate was made, and once', async () => {
    const world = new RotationWorld()
    world.setExecution(1, 'FAILED')
    await world.sweep()
    await world.sweep()
    expect(codes(world)).toEqual(['ended-without-certificate'])
  })

  test('M17: settles what a late create wrote after the end of its execution was handled', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed')
    await world.drainAll()
    world.setExecution(2, 'IN_PROGRESS')
    world.aws.data.afterNextShadowRead = () => world.setExecution(2, 'TIMED_OUT')
    await world.create(world.createEvent({ executionNumber: 2, csr: otherCsr }))
    expect(world.record).toMatchObject({ progress: 'created', executionNumber: 2 })
    await world.sweep()
    await world.drainAll()
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.old, retiring: [] })
    expect(world.usable).toEqual([world.old])
    expect(executions(world)).toEqual(['J1#undefined', 'J1#2'])
  })

  test('M14: tells of the end of a retry, whose event looks like that of the try before it', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed')
    await world.end('failed', {}, 2)
    expect(codes(world)).toEqual(['old-kept'])
    await world.sweep()
    expect(codes(world)).toEqual(['old-kept', 'ended-without-certificate'])
    expect(executions(world).at(-1)).toBe('J1#2')
  })

  test('M14: tells of a first try that nobody heard of, though the list of its job shows the second alone', async () => {
    const world = new RotationWorld()
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'FAILED')
    await world.sweep()
    expect(executions(world)).toEqual(['J1#1', 'J1#2'])
  })

  test('M14: tells none of more ends than a record remembers over and over', async () => {
    const world = new RotationWorld()
    for (let number = 1; number <= 10; number += 1) {
      world.setExecution(1, 'FAILED', `job-${number}`)
      world.nowMs += 1_000
    }
    world.setExecution(1, 'SUCCEEDED')
    await world.sweep()
    const told = world.aws.messaging.notifications.length
    expect(told).toBeGreaterThanOrEqual(8)
    await world.sweep()
    await world.sweep()
    expect(world.aws.messaging.notifications.length).toBe(told)
  })

  test('tells once of what was cancelled before the device took it up, where the device committed in its name', async () => {
    const world = new RotationWorld()
    const cancelled = { jobId: 'J1', executionNumber: 1, status: 'CANCELED', updatedAtMs: world.nowMs }
    world.aws.data.setExecution(thing, { ...cancelled, document: '{"operation":"ROTATE_CERTIFICATE"}' })
    await world.sweep()
    expect(codes(world)).toEqual([])
    await world.commit(world.commitEvent(world.old))
    expect(world.record).toMatchObject({ jobId: 'J1', executionNumber: 1, keep: world.old })
    await world.sweep()
    await world.sweep()
    expect(codes(world)).toEqual(['ended-without-certificate'])
    expect(executions(world)).toEqual(['J1#1'])
    expect(world.usable).toEqual([world.old])
  })

  test('C8: settles a rotation whose job was deleted without anybody hearing of it', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.aws.data.deleteExecutions(thing)
    await world.sweep()
    await world.drainAll()
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.old })
    expect(world.usable).toEqual([world.old])
    expect(world.aws.messaging.notifications).toMatchObject([
      { attributes: { code: 'old-kept', status: 'DELETED' } },
    ])
  })

  test('C4: does not take a rotation for deleted because an old list of the thing lacks it', async () => {
    const world = new RotationWorld()
    for (const number of [1, 2]) world.setExecution(number, 'FAILED', 'earlier')
    await world.create(world.createEvent())
    const { jobs } = world.sweepDeps
    let listed = 0
    const old: typeof jobs = {
      ...jobs,
      listOfThing: async name => {
        listed += 1
        return (await jobs.listOfThing(name)).filter(({ jobId }) => jobId === 'earlier')
      },
    }
    world.nowMs += 400_000
    await sweep({ ...world.sweepDeps, jobs: old })({})
    expect(listed).toBe(1)
    expect(world.record).toMatchObject({ progress: 'created', jobId: 'J1' })
    expect(executions(world)).toEqual(['earlier#1', 'earlier#2'])
  })

  test('C8: settles a rotation whose job was deleted, also where another end has it look at all of the thing', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.aws.data.deleteExecutions(thing)
    for (const number of [1, 2]) world.setExecution(number, 'FAILED', 'later')
    await world.sweep()
    await world.drainAll()
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.old })
    expect(executions(world)).toEqual(['later#1', 'later#2', 'J1#1'])
  })

  test('C12: without any event of a job a rotation ends as well', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.commit(world.commitEvent(world.new))
    world.setExecution(1, 'SUCCEEDED')
    await world.sweep()
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
    expect(codes(world)).toEqual([])
  })

  test('D19: keeps both where a component of version 1 reported FAILED of what ours had begun', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.aws.data.setExecution(thing, {
      jobId: 'J1',
      executionNumber: 1,
      status: 'FAILED',
      document: '{"operation":"ROTATE_CERTIFICATE"}',
      updatedAtMs: world.nowMs,
      details: { CertificateRotator: 'true', DeviceFailureReason: 'Rollback completed after comms failure' },
    })
    await world.sweep()
    expect(world.record).toMatchObject({ progress: 'held' })
    expect(codes(world)).toEqual(['both-kept'])
  })

  test('C20: queues again what finish could not queue any more', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.commit(world.commitEvent(world.new))
    world.aws.failAlways('SendMessageBatch')
    await expect(world.end('succeeded')).rejects.toThrow()
    expect(world.record).toMatchObject({ progress: 'settled', retiring: [world.old] })
    world.aws.recover()
    await world.sweep()
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
  })

  test('C20: leaves what waits to be retired to its message until that must be lost, then queues it once', async () => {
    const world = new RotationWorld({ retireDelaySeconds: 600, holdSeconds: 3_600 })
    await world.rotate()
    world.aws.messaging.queue = []
    for (const afterSeconds of [600, 3_600, 2_000]) await world.sweep(afterSeconds)
    expect(world.aws.messaging.queue).toEqual([])
    for (const afterSeconds of [3_000, 600, 600]) await world.sweep(afterSeconds)
    expect(world.aws.messaging.queue).toHaveLength(1)
    expect(world.lines.filter(({ event }) => event === 'retirement-queued-again')).toHaveLength(1)
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
  })

  test('C21: tells of a certificate given by hand what could not be told then, and once', async () => {
    const world = new RotationWorld()
    await world.rotate()
    await world.drainAll()
    const byHand = world.addCertificate()
    world.aws.iot.detach(thing, world.new)
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    world.aws.failAlways('SnsPublish')
    const asked = world.create(world.createEvent({ jobId: 'J2', csr: otherCsr, principal: byHand }))
    await expect(asked).rejects.toMatchObject({ name: 'LeftUndone' })
    expect(codes(world)).toEqual([])
    world.aws.recover()
    await world.sweep()
    await world.sweep()
    expect(world.aws.messaging.notifications).toMatchObject([
      { message: expect.stringContaining(byHand), attributes: { code: 'given-by-hand', jobId: 'J2' } },
    ])
  })

  test('C18: leaves a record alone that a version 1 backend began', async () => {
    const world = new RotationWorld()
    const begun = {
      progress: 'created',
      oldCertificateId: world.old,
      newCertificateId: world.addCertificate(),
    }
    world.aws.data.writeShadow(thing, begun)
    world.setExecution(1, 'FAILED')
    await world.sweep()
    expect(world.record).toEqual(begun)
    expect(codes(world)).toEqual([])
  })

  test('touches nothing where nothing was lost', async () => {
    const world = new RotationWorld()
    await world.rotate()
    await world.drainAll()
    const { record } = world
    await world.sweep()
    expect(world.record).toEqual(record)
    expect(codes(world)).toEqual([])
  })

  test('does not take a rotation for over that goes on', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const { record } = world
    await world.sweep()
    expect(world.record).toEqual(record)
  })

  test('leaves other teams’ jobs and ends from before the backend came to themselves', async () => {
    const world = new RotationWorld()
    world.setExecution(1, 'FAILED')
    world.nowMs += 1_000
    world.aws.jobs.templateMadeAtMs = world.nowMs
    world.setExecution(1, 'FAILED', 'reboot', '{"operation":"REBOOT"}')
    await world.sweep()
    expect(codes(world)).toEqual([])
    // Where a thing is looked at as a whole, neither counts either.
    world.setExecution(2, 'FAILED', 'J2')
    await world.sweep()
    expect(executions(world)).toEqual(['J2#2'])
  })
})
