import { jobDocumentText } from '@rotator/protocol/names'
import { describe, expect, test } from 'vitest'
import { mostRaces } from '../arbitration.ts'
import { job, otherCsr, RotationWorld, thing } from '../testing/rotation-world.ts'
import { certificateIdOf } from '../testing/test-ids.ts'

async function created() {
  const world = new RotationWorld()
  await world.create(world.createEvent())
  return world
}

/** A request as a device of version 1 sends it. */
const v1 = { executionNumber: undefined, certificateId: undefined, turn: undefined }

/** What another handler may have settled meanwhile. */
const settledOn = ({ old }: RotationWorld) => ({
  schema: 2,
  progress: 'settled',
  madeBy: 'v2',
  newCertificateId: old,
  keep: old,
})

describe('a commit', () => {
  test('by NEW is accepted and says what it answers', async () => {
    const world = await created()
    await world.commit(world.commitEvent(world.new))
    expect(world.lastReply).toEqual({
      verdict: 'commit/accepted',
      qos: 1,
      jobId: job,
      executionNumber: 1,
      certificateId: world.new,
      turn: 0,
    })
    expect(world.record.progress).toBe('committed')
  })

  test('that decides says how long the rotation took, and only that one', async () => {
    const world = await created()
    const startedAtMs = world.nowMs
    world.aws.data.setExecution(thing, {
      jobId: job,
      executionNumber: 1,
      status: 'IN_PROGRESS',
      document: jobDocumentText,
      startedAtMs,
    })
    world.nowMs += 90_000
    await world.commit(world.commitEvent(world.new))
    await world.commit(world.commitEvent(world.new))
    const durations = world.lines.filter(({ event }) => event === 'commit-accepted')
    expect(durations.map(({ durationMs }) => durationMs)).toEqual([90_000, undefined])
  })

  test('that decides an execution of which Jobs gives no start says nothing of its length', async () => {
    const world = await created()
    world.aws.data.setExecution(thing, {
      jobId: job,
      executionNumber: 1,
      status: 'IN_PROGRESS',
      document: jobDocumentText,
    })
    await world.commit(world.commitEvent(world.new))
    expect(world.lines.at(-1)).toMatchObject({ event: 'commit-accepted', durationMs: undefined })
  })

  test('M6, M7: by NEW is accepted again and again, also long after', async () => {
    const world = await created()
    await Promise.all([
      world.commit(world.commitEvent(world.new)),
      world.commit(world.commitEvent(world.new)),
    ])
    await world.end('timed_out')
    await world.commit(world.commitEvent(world.new))
    expect(world.replies.slice(1).map(({ verdict }) => verdict)).toEqual(Array(3).fill('commit/accepted'))
    expect(world.usable).toEqual([world.old, world.new])
  })

  test('M6: confirmed settles on NEW, and only then OLD goes', async () => {
    const world = await created()
    await world.commit(world.commitEvent(world.new))
    await world.end('timed_out')
    expect(world.record.progress).toBe('held')
    await world.commit(world.commitEvent(world.new, { confirmed: true }))
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted', confirmed: true })
    await world.drain()
    expect(world.usable).toEqual([world.new])
  })

  test('D18: by NEW, which is all that the device has, saves it from going after the job timed out', async () => {
    const world = await created()
    await world.end('timed_out')
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.old, retiring: [world.new] })
    await world.commit(world.commitEvent(world.new, { alone: true }))
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted', certificateId: world.new })
    expect(world.aws.messaging.notifications.map(({ attributes }) => attributes.code)).toEqual([
      'old-kept',
      'old-lost',
    ])
    await world.drainAll()
    expect(world.usable).toEqual([world.old, world.new])
    await world.commit(world.commitEvent(world.new, { alone: true, confirmed: true }))
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
  })

  test('M18: of an earlier execution changes nothing', async () => {
    const world = await created()
    const first = world.new
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ csr: otherCsr, executionNumber: 2 }))
    const { version } = { ...world.aws.data.shadows.get(thing) }
    await world.commit(world.commitEvent(first))
    expect(world.lastReply).toMatchObject({
      code: 'OTHER_EXECUTION',
      executionNumber: 1,
      certificateId: first,
    })
    expect(world.aws.data.shadows.get(thing)?.version).toBe(version)
  })

  test('M19: handled twice while its execution ends in between, both replies agree with one decision', async () => {
    const world = await created()
    let second: Promise<void> | undefined
    world.aws.data.afterNextShadowRead = () => {
      world.setExecution(1, 'TIMED_OUT')
      second = world.commit(world.commitEvent(world.new))
    }
    await world.commit(world.commitEvent(world.new))
    await second
    expect(second).toBeDefined()
    expect(world.aws.count('DescribeJobExecution')).toBe(3)
    expect(world.replies.slice(1).map(({ verdict }) => verdict)).toEqual([
      'commit/accepted',
      'commit/accepted',
    ])
    expect(world.record.progress).toBe('committed')
  })

  test('M19: a commit that loses the race for the record is decided again', async () => {
    const world = await created()
    world.aws.data.afterNextShadowRead = () =>
      world.aws.data.writeShadow(thing, { progress: 'abandoned', turn: 1 })
    await world.commit(world.commitEvent(world.new, { turn: 1 }))
    expect(world.aws.data.conflicts).toBe(1)
    expect(world.lastReply).toMatchObject({ code: 'ABANDONED' })
  })

  test('is asked for again where others write the record all the time', async () => {
    const world = await created()
    const interfere = () => {
      world.aws.data.writeShadow(thing, { schema: 2 })
      world.aws.data.afterNextShadowRead = interfere
    }
    interfere()
    await world.commit(world.commitEvent(world.new))
    expect(world.aws.data.conflicts).toBe(mostRaces)
    expect(world.lastReply).toMatchObject({
      code: 'TRY_LATER',
      retryable: true,
      errorMsg: expect.stringContaining('RacesLost: the record of dev1 was written by others'),
    })
    expect(world.record.progress).toBe('created')
  })

  test('over the connection from before the switch asks for a restart', async () => {
    const world = await created()
    await world.commit(world.commitEvent(world.old, { certificateId: world.new }))
    expect(world.lastReply).toMatchObject({
      code: 'RESTART_PENDING',
      retryable: true,
      certificateId: world.new,
    })
    expect(world.record.progress).toBe('created')
  })

  test('by OLD is consent to the rollback', async () => {
    const world = await created()
    await world.commit(world.commitEvent(world.old, { turn: 1 }))
    expect(world.lastReply).toMatchObject({ code: 'OLD_CERTIFICATE_IN_USE', turn: 1 })
    expect(world.record).toMatchObject({ progress: 'abandoned', turn: 1 })
    await world.end('failed')
    await world.drain()
    expect(world.usable).toEqual([world.old])
  })

  test('M21: of a turn that is over has no effect', async () => {
    const world = await created()
    await world.commit(world.commitEvent(world.old, { turn: 1 }))
    await world.commit(world.commitEvent(world.new))
    expect(world.lastReply).toMatchObject({ code: 'STALE_TURN', retryable: true, turn: 0 })
    expect(world.record.progress).toBe('abandoned')
  })

  test('of a device of version 1 whose execution is not clear is answered with silence', async () => {
    const world = await created()
    world.setExecution(1, 'QUEUED')
    await world.commit(world.commitEvent(world.new, { executionNumber: undefined, certificateId: undefined }))
    expect(world.replies).toHaveLength(1)
    expect(world.lines.at(-1)).toMatchObject({ event: 'commit-silent' })
  })

  test('of a device of version 1 whose execution AWS IoT Jobs no longer knows is answered at once', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent(v1))
    const startedMs = world.nowMs
    world.aws.data.deleteExecutions(thing)
    await world.commit(world.commitEvent(world.new, v1))
    expect(world.lastReply).toMatchObject({ code: 'EXECUTION_OVER' })
    expect(world.nowMs).toBe(startedMs)
  })

  test('C10: of a device of version 1 is not taken for one of the retry that began while AWS was busy', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent(v1))
    world.aws.failAlways('GetThingShadow')
    world.whilePausing = () => {
      world.setExecution(1, 'FAILED')
      world.setExecution(2, 'IN_PROGRESS')
      world.aws.recover()
    }
    await world.commit(world.commitEvent(world.new, v1))
    expect(world.aws.failuresFired).toBe(1)
    expect(world.lastReply).toMatchObject({ code: 'EXECUTION_OVER' })
    expect(world.record.progress).toBe('abandoned')
  })

  test('A2: of a job that is no rotation is refused', async () => {
    const world = await created()
    world.setExecution(1, 'IN_PROGRESS', 'reboot', '{"operation":"REBOOT"}')
    await world.commit(world.commitEvent(world.new, { jobId: 'reboot' }))
    expect(world.lastReply).toMatchObject({ code: 'NOT_A_ROTATION' })
    expect(world.record.progress).toBe('created')
  })

  test('A3: by a certificate that is neither, or replayed after settling, has no effect', async () => {
    const world = await created()
    await world.commit(world.commitEvent(certificateIdOf('neither')))
    expect(world.lastReply).toMatchObject({ code: 'OTHER_EXECUTION', retryable: false })
    await world.commit(world.commitEvent(world.new))
    await world.end('succeeded')
    await world.commit(world.commitEvent(world.old))
    expect(world.lastReply).toMatchObject({ code: 'NEW_CERTIFICATE_KEPT' })
    await world.commit(world.commitEvent(world.new))
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted' })
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.new })
  })

  test('C16: without a record the only certificate is believed', async () => {
    const world = new RotationWorld()
    await world.commit(world.commitEvent(world.old))
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted', certificateId: world.old })
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.old })
  })

  test.each([
    ['deleted', (world: RotationWorld) => world.aws.data.shadows.delete(thing)],
    ['taken', (world: RotationWorld) => world.aws.data.writeShadow(thing, settledOn(world))],
  ])('C16: a new record that is %s as soon as it is made is decided again', async (_, interfere) => {
    const world = new RotationWorld()
    world.aws.data.afterNextShadowWrite = () => interfere(world)
    await world.commit(world.commitEvent(world.old))
    expect(world.aws.data.afterNextShadowWrite).toBeUndefined()
    expect(world.aws.count('DescribeJobExecution')).toBe(2)
    expect(world.aws.data.conflicts).toBe(0)
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted' })
    expect(world.record).toMatchObject({ progress: 'settled', keep: world.old })
  })

  test('C16: without a record and with several certificates the operators are asked, once', async () => {
    const world = await created()
    const { new: trial } = world
    world.aws.data.shadows.delete(thing)
    await world.commit(world.commitEvent(trial))
    await world.commit(world.commitEvent(trial))
    expect(world.lastReply).toMatchObject({ code: 'NO_RECORD', retryable: true })
    expect(
      world.aws.messaging.notifications.filter(({ attributes }) => attributes.code === 'choose'),
    ).toMatchObject([{ attributes: { certificateIds: [world.old, trial].join(',') } }])
    expect(world.usable).toEqual([world.old, trial])
  })

  test('A5: a record that its device made unreadable retires nothing', async () => {
    const world = await created()
    const { new: trial } = world
    const foreign = certificateIdOf('foreign')
    world.aws.data.writeShadow(thing, { progress: 'garbage', retiring: [foreign, 7] })
    await world.commit(world.commitEvent(trial))
    await world.end('succeeded')
    await world.drain()
    expect(world.usable).toEqual([world.old, trial])
    expect(world.aws.calls.filter(call => /UpdateCertificate|Delete|Detach/u.test(call))).toEqual([])
  })
})
