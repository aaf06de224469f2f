import { describe, expect, test } from 'vitest'
import { otherCsr, RotationWorld, thing } from '../testing/rotation-world.ts'

async function committed() {
  const world = new RotationWorld()
  await world.create(world.createEvent())
  await world.commit(world.commitEvent(world.new))
  return world
}

describe('the end of an execution', () => {
  test('SUCCEEDED after a commit retires OLD, tells nobody and asks AWS nothing', async () => {
    const world = new RotationWorld()
    await world.rotate()
    expect(world.aws.count('DescribeJobExecution')).toBe(2)
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.new, retiring: [world.old] })
    await world.drain()
    expect(world.usable).toEqual([world.new])
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.record.retiring).toEqual([])
    expect(world.aws.messaging.notifications).toEqual([])
  })

  test('that names no certificate is looked up, because a retry has the same job', async () => {
    const world = await committed()
    await world.end('succeeded')
    expect(world.aws.count('DescribeJobExecution')).toBe(3)
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.new })
  })

  test.each(['failed', 'timed_out', 'canceled', 'removed', 'rejected', 'deleted'])(
    'C8: %s before a commit keeps OLD, retires NEW and tells the operators',
    async operation => {
      const world = new RotationWorld()
      await world.create(world.createEvent())
      const trial = world.new
      await world.end(operation)
      await world.drain()
      expect(world.usable).toEqual([world.old])
      expect(world.aws.messaging.notifications).toMatchObject([
        {
          message: expect.stringMatching(
            new RegExp(`^dev1: job J1 ended ${operation.toUpperCase()} and`, 'u'),
          ),
          attributes: {
            thingName: 'dev1',
            jobId: 'J1',
            code: 'old-kept',
            oldCertificateId: world.old,
            newCertificateId: trial,
          },
        },
      ])
    },
  )

  test.each(['failed', 'timed_out', 'canceled'])(
    'C8, C9: %s after a commit keeps both and tells the operators',
    async operation => {
      const world = await committed()
      await world.end(operation)
      await world.drain()
      expect(world.usable).toEqual([world.old, world.new])
      expect(world.record.progress).toBe('held')
      expect(world.aws.messaging.notifications).toMatchObject([{ attributes: { code: 'both-kept' } }])
    },
  )

  test('M15: twice retires nothing more and tells nothing more', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed')
    await world.end('failed')
    await world.drain()
    await world.end('failed')
    expect(world.usable).toEqual([world.old])
    expect(world.aws.messaging.notifications).toHaveLength(1)
  })

  test('M15, C10: of an earlier try that comes late does not touch the retry’s certificate', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ csr: otherCsr, executionNumber: 2 }))
    const retried = world.new
    await world.finish(world.endedEvent('failed'))
    await world.drain()
    expect(world.usable).toEqual([world.old, retried])
    expect(world.record).toMatchObject({ progress: 'created', executionNumber: 2 })
  })

  test('M15: of an execution that has no certificate is told and touches nothing', async () => {
    const world = new RotationWorld()
    await world.end('failed')
    expect(world.usable).toEqual([world.old])
    expect(world.aws.messaging.notifications).toMatchObject([
      { attributes: { code: 'ended-without-certificate' } },
    ])
  })

  test('of a device of version 1.1 is known by its own status details', async () => {
    const world = await committed()
    await world.end('succeeded', { statusDetails: { certificateRotationProgress: 'committed' } })
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.new })
  })

  test.each([
    ['another operation', { operation: 'started' }],
    ['no job', { jobId: undefined }],
    ['no thing', { thingArn: 'arn:aws:iot:eu-west-1:123456789012:thing/a/b' }],
  ])('M16: an event with %s is kept for the operators', async (_, wrong) => {
    const world = new RotationWorld()
    await expect(world.finish(world.endedEvent('failed', wrong))).rejects.toThrow(
      /not one of a job execution/u,
    )
    expect(world.aws.calls).toEqual([])
  })

  test('M16: an event without status details, or with wrong ones, is read all the same', async () => {
    const world = await committed()
    await world.end('succeeded', { statusDetails: { certificateId: 7 } })
    expect(world.record.progress).toBe('settled')
    await world.finish(world.endedEvent('succeeded', { statusDetails: undefined }))
    expect(world.aws.data.shadows.has(thing)).toBe(true)
  })
})
