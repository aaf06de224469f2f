import { describe, expect, test } from 'vitest'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { otherCsr, RotationWorld, thing, type WorldOptions } from '../testing/rotation-world.ts'
import { mostAttempts } from './retire-certificate.ts'

async function rotated(options?: WorldOptions) {
  const world = new RotationWorld(options)
  await world.rotate()
  return world
}

describe('a certificate that goes', () => {
  test('is deactivated after the delay, and deleted after the hold', async () => {
    const world = await rotated({ retireDelaySeconds: 600, holdSeconds: 3_600 })
    const startedMs = world.nowMs
    expect(world.aws.messaging.queue).toMatchObject([{ delaySeconds: 600 }])
    await world.drain()
    expect(world.nowMs - startedMs).toBe(600_000)
    expect(world.aws.iot.certificates.get(world.old)?.status).toBe('INACTIVE')
    expect(world.aws.iot.attached(thing)).toEqual([world.new])
    expect(world.record.retiring).toEqual([world.old])
    await world.drainAll()
    expect(world.nowMs - startedMs).toBe(4_200_000)
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.record.retiring).toEqual([])
  })

  test('is not touched by a message that comes before its time', async () => {
    const world = await rotated({ retireDelaySeconds: 3_600 })
    const [message] = world.aws.messaging.queue
    await world.retire({ Records: [{ messageId: '1', body: message?.body ?? '' }] })
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.aws.messaging.queue).toHaveLength(2)
  })

  test('may be named by two messages', async () => {
    const world = await rotated()
    world.aws.messaging.queue.push(...world.aws.messaging.queue)
    const { batchItemFailures } = await world.drain()
    expect(batchItemFailures).toEqual([])
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.lines.map(({ event }) => event)).toContain('retirement-refused')
  })

  test('C6: is deleted later where detaching has not spread', async () => {
    const world = await rotated()
    world.aws.iot.slowDetachments = 3
    await world.drainAll()
    expect(world.aws.count('DeleteCertificate')).toBe(4)
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.record.retiring).toEqual([])
  })

  test('C6: counts as failed where AWS refuses for hours, and stays in the record', async () => {
    const world = await rotated()
    world.aws.iot.slowDetachments = 1_000
    await expect(world.drainAll()).rejects.toThrow(/never empty/u)
    expect(world.lines.at(-1)).toMatchObject({
      event: 'retirement-failed',
      problem: expect.stringContaining(world.old),
    })
    expect(world.aws.count('DeleteCertificate')).toBeGreaterThan(mostAttempts)
    expect(world.record.retiring).toEqual([world.old])
  })

  test('one that fails does not keep others of its batch', async () => {
    const world = await rotated()
    const [message] = world.aws.messaging.queue
    world.aws.messaging.queue.unshift({ body: '{"thingName":"dev1"}', delaySeconds: 0 })
    expect(message).toBeDefined()
    expect(await world.drain()).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] })
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
  })

  test('leaves the record last, also where others write it meanwhile', async () => {
    const world = await rotated()
    world.aws.data.afterNextShadowRead = () => world.aws.data.writeShadow(thing, {})
    await world.drain()
    expect(world.aws.data.conflicts).toBe(1)
    expect(world.record.retiring).toEqual([])
  })

  test('that another handler has taken from the record meanwhile is done', async () => {
    const world = await rotated()
    world.aws.data.afterNextShadowRead = () => world.aws.data.writeShadow(thing, { retiring: [] })
    expect(await world.drain()).toEqual({ batchItemFailures: [] })
    expect(world.aws.data.conflicts).toBe(1)
  })

  test('whose record is written by others all the time comes again', async () => {
    const world = await rotated()
    const interfere = () => {
      world.aws.data.writeShadow(thing, {})
      world.aws.data.afterNextShadowRead = interfere
    }
    interfere()
    expect((await world.drain()).batchItemFailures).toHaveLength(1)
    world.aws.data.afterNextShadowRead = undefined
    await world.drain()
    expect(world.record.retiring).toEqual([])
  })
})

describe('a certificate that stays', () => {
  test('A5: a record that its device forges retires no certificate but those of its thing', async () => {
    const world = await rotated()
    world.aws.messaging.queue = []
    const foreign = world.addCertificate()
    world.aws.iot.detach(thing, foreign)
    world.aws.data.writeShadow(thing, { retiring: [foreign, world.old] })
    await world.commit(world.commitEvent(world.new))
    expect(world.aws.messaging.queue).toHaveLength(2)
    await world.drainAll()
    expect(world.aws.iot.certificates.get(foreign)?.status).toBe('ACTIVE')
    expect(world.lines.at(-1)).toMatchObject({ event: 'retirement-refused', problem: 'not-of-thing' })
    expect(world.aws.messaging.notifications).toMatchObject([
      { message: expect.stringContaining(`${foreign} was to be retired, but it is active and not attached`) },
    ])
    expect(world.record.retiring).toEqual([])
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
  })

  test('C4: one that a list does not show yet as attached waits until it does', async () => {
    const world = await rotated()
    world.aws.iot.detach(thing, world.old)
    await world.drain()
    expect(world.aws.iot.certificates.get(world.old)?.status).toBe('ACTIVE')
    world.aws.iot.attach(thing, world.old)
    await world.drainAll()
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
  })

  test('C2: one that was deactivated and detached by a handler that died is deleted by the next', async () => {
    const world = await rotated()
    world.aws.failNext('DeleteCertificate', 'before', new AwsFailure(500, 'InternalFailureException'))
    expect((await world.drain()).batchItemFailures).toHaveLength(1)
    expect(world.aws.iot.attached(thing)).toEqual([world.new])
    await world.drain()
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
  })

  test('C17: a message from a dead-letter queue touches nothing that is in use since', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed')
    const stale = world.aws.messaging.queue
    await world.drain()
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await world.create(world.createEvent({ jobId: 'J2', csr: otherCsr }))
    const inUse = JSON.parse(stale[0]?.body ?? '')
    for (const certificateId of [world.old, world.new]) {
      const body = JSON.stringify({ ...inUse, certificateId })
      await world.retire({ Records: [{ messageId: '1', body }] })
    }
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.lines.slice(-2)).toMatchObject([
      { event: 'retirement-refused', problem: 'kept' },
      { event: 'retirement-refused', problem: 'in-use' },
    ])
  })

  test('C16: without a record nothing is done, and the operators are told', async () => {
    const world = await rotated()
    const { new: present } = world
    world.aws.data.shadows.delete(thing)
    await world.drain()
    expect(world.usable).toEqual([world.old, present])
    expect(world.aws.messaging.notifications).toMatchObject([
      { message: expect.stringContaining(world.old), attributes: { code: 'no-record' } },
    ])
  })

  test('C17: what was once never attached and is by now stays', async () => {
    const world = new RotationWorld()
    await Promise.all([world.create(world.createEvent()), world.create(world.createEvent())])
    const [message] = world.aws.messaging.queue
    const { certificateId } = JSON.parse(message?.body ?? '')
    world.aws.iot.attach(thing, certificateId)
    await world.drain()
    expect(world.usable).toContain(certificateId)
    expect(world.lines.at(-1)).toMatchObject({ problem: 'attached' })
  })

  test('a failing call fails its message alone', async () => {
    const world = await rotated()
    world.aws.failNext('UpdateCertificate', 'before', new AwsFailure(400, 'ThrottlingException'))
    expect((await world.drain()).batchItemFailures).toHaveLength(1)
    expect(world.aws.failuresFired).toBe(1)
    await world.drain()
    expect(world.usable).toEqual([world.new])
  })
})
