import { describe, expect, test } from 'vitest'
import { job, otherCsr, RotationWorld, thing } from '../testing/rotation-world.ts'

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

  test('that leaves both certificates with the device is said once, whoever hears of it again', async () => {
    const world = await committed()
    await world.end('timed_out')
    await world.end('timed_out')
    const held = world.lines.filter(({ event }) => event === 'rotation-held')
    expect(held).toMatchObject([{ level: 'warn', thingName: thing, jobId: job }])
  })

  test.each([
    ['STORAGE_FAILED', 'STORAGE_FAILED'],
    ['ISSUER_REFUSED', 'ISSUER_REFUSED'],
    ['x'.repeat(50), undefined],
    [7, undefined],
  ])('that FAILED with the code %j is logged with it where it is one of ours', async (said, failureCode) => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed', {
      statusDetails: { CertificateRotator: 'true', phase: 'fail', failureCode: said },
    })
    expect(world.lines.at(-1)).toMatchObject({ event: 'execution-failed', code: 'old-kept', failureCode })
  })

  test('that names no certificate is looked up, because a retry has the same job', async () => {
    const world = await committed()
    await world.end('succeeded')
    expect(world.aws.count('DescribeJobExecution')).toBe(3)
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.new })
  })

  test('C10: a late FAILED of the first try, which says so, does not count for a second one that has succeeded', async () => {
    const world = new RotationWorld()
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ executionNumber: 2 }))
    await world.commit(world.commitEvent(world.new, { executionNumber: 2 }))
    world.setExecution(2, 'SUCCEEDED')
    const of = (executionNumber: string) => ({
      statusDetails: { CertificateRotator: 'true', phase: 'fail', executionNumber },
    })
    await world.finish(world.endedEvent('failed', of('1')))
    expect(world.record).toMatchObject({ progress: 'committed' })
    await world.finish(world.endedEvent('succeeded', of('2')))
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.new })
  })

  test('D19: FAILED by a component of version 1, which knows no phases, keeps both of what ours had begun', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed', {
      statusDetails: { CertificateRotator: 'true', DeviceFailureReason: 'Rollback' },
    })
    await world.drainAll()
    expect(world.record).toMatchObject({ progress: 'held' })
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.aws.messaging.notifications).toMatchObject([{ attributes: { code: 'both-kept' } }])
    await world.commit(world.commitEvent(world.new, { confirmed: true }))
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
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

  test.each([
    ['names no certificate', () => ({})],
    ['names its own', ({ new: first }: RotationWorld) => ({ certificateId: first })],
  ])('M15, C10: of an earlier try that comes late and %s leaves the retry’s', async (_, detailsOf) => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const statusDetails = detailsOf(world)
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ csr: otherCsr, executionNumber: 2 }))
    const retried = world.new
    await world.finish(world.endedEvent('failed', { statusDetails }))
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

  test('is looked up where neither it nor the record names a certificate', async () => {
    const world = new RotationWorld()
    const tombstone = { progress: 'settled', madeBy: 'v2', jobId: job, executionNumber: 1, tombstone: true }
    world.aws.data.writeShadow(thing, { schema: 2, ...tombstone })
    await world.end('failed')
    expect(world.aws.count('DescribeJobExecution')).toBe(1)
  })

  test('is reported with what it means for the record, and an end without success as a warning', async () => {
    const world = await committed()
    await world.end('succeeded')
    expect(world.lines.at(-1)).toMatchObject({
      level: 'info',
      event: 'execution-succeeded',
      thingName: 'dev1',
      jobId: 'J1',
      code: undefined,
      from: 'committed',
      to: 'settled',
    })
    const other = await committed()
    await other.end('timed_out')
    expect(other.lines.at(-1)).toMatchObject({
      level: 'warn',
      event: 'execution-timed-out',
      code: 'both-kept',
      from: 'committed',
      to: 'held',
    })
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
    ['no ARN', { thingArn: 'thing/dev1' }],
    ['no ARN but as long as its beginning', { thingArn: '12345dev1' }],
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
