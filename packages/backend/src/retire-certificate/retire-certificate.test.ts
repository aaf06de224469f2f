import { describe, expect, test } from 'vitest'
import { mostRaces } from '../arbitration.ts'
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
    const asked = world.aws.count('DescribeCertificate')
    await world.drain()
    expect(world.nowMs - startedMs).toBe(600_000)
    expect(world.aws.iot.certificates.get(world.old)?.status).toBe('INACTIVE')
    expect(world.aws.iot.attached(thing)).toEqual([world.new])
    expect(world.record.retiring).toEqual([world.old])
    await world.drainAll()
    expect(world.nowMs - startedMs).toBe(4_200_000)
    // Once for the create, and once for both steps: what AWS IoT would refuse to delete needs no look before.
    expect(world.aws.count('ListThingPrincipalsV2')).toBe(2)
    expect(world.aws.count('DescribeCertificate')).toBe(asked)
    expect(world.aws.count('DetachThingPrincipal')).toBe(1)
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.record.retiring).toEqual([])
    expect(world.lines.slice(-2)).toMatchObject([
      { level: 'info', event: 'certificate-deactivated', certificateId: world.old },
      { level: 'info', event: 'certificate-deleted', certificateId: world.old },
    ])
  })

  test.each([
    [600, 500],
    [3_600, 900],
  ])(
    '%i s hence is left alone until then by a message that comes early',
    async (afterSeconds, delaySeconds) => {
      const world = await rotated({ retireDelaySeconds: afterSeconds })
      const [message] = world.aws.messaging.queue
      const body = message?.body ?? ''
      world.nowMs += 100_000
      await world.retire({ Records: [{ messageId: '1', body }] })
      expect(world.usable).toEqual([world.old, world.new])
      expect(world.aws.messaging.queue.slice(1)).toEqual([{ body, delaySeconds }])
    },
  )

  test('goes back to the queue with all that come early with it, by one call for each delay', async () => {
    const world = await rotated({ retireDelaySeconds: 3_600 })
    const [message] = world.aws.messaging.queue
    const body = message?.body ?? ''
    const sooner = JSON.stringify({ ...JSON.parse(body), notBeforeMs: world.nowMs + 60_000 })
    const before = world.aws.count('SendMessageBatch')
    world.aws.messaging.queue = []
    const Records = [body, sooner, body].map((text, index) => ({ messageId: String(index), body: text }))
    await world.retire({ Records })
    expect(world.aws.messaging.queue).toEqual([
      { body, delaySeconds: 900 },
      { body, delaySeconds: 900 },
      { body: sooner, delaySeconds: 60 },
    ])
    expect(world.aws.count('SendMessageBatch') - before).toBe(2)
  })

  test('that comes early stays in the queue where putting it back fails', async () => {
    const world = await rotated({ retireDelaySeconds: 3_600 })
    const [message] = world.aws.messaging.queue
    const body = message?.body ?? ''
    world.aws.failNext('SendMessageBatch', 'before', new AwsFailure(400, 'InvalidParameterValue'))
    const Records = ['1', '2'].map(messageId => ({ messageId, body }))
    expect(await world.retire({ Records })).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '2' }],
    })
    expect(world.aws.failuresFired).toBe(1)
  })

  test('is detached again and deleted where somebody attached it during the hold and left it inactive', async () => {
    const world = await rotated({ holdSeconds: 600 })
    await world.drain()
    world.aws.iot.attach(thing, world.old)
    await world.drainAll()
    expect(world.aws.count('DeleteCertificate')).toBe(2)
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.record.retiring).toEqual([])
  })

  test('may be named by two messages', async () => {
    const world = await rotated()
    world.aws.messaging.queue.push(...world.aws.messaging.queue)
    const { batchItemFailures } = await world.drain()
    expect(batchItemFailures).toEqual([])
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.lines.at(-1)).toMatchObject({
      level: 'warn',
      event: 'retirement-refused',
      problem: 'not-retiring',
    })
  })

  test('C6: is deleted later where detaching has not spread, and every wait is twice the last', async () => {
    const world = await rotated()
    world.aws.iot.slowDetachments = 3
    for (const delaySeconds of [2, 4, 8]) {
      await world.drain()
      expect(world.aws.messaging.queue).toMatchObject([{ delaySeconds }])
    }
    await world.drainAll()
    expect(world.aws.count('DeleteCertificate')).toBe(4)
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    expect(world.record.retiring).toEqual([])
  })

  test('C6: counts as failed where AWS refuses for hours, and stays in the record', async () => {
    const world = await rotated()
    const startedMs = world.nowMs
    world.aws.iot.slowDetachments = mostAttempts + 1
    let failures: unknown[] = []
    while (failures.length === 0) failures = (await world.drain()).batchItemFailures
    expect(world.lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'retirement-failed',
      problem: expect.stringContaining(world.old),
    })
    expect(world.aws.iot.slowDetachments).toBe(0)
    expect(world.aws.count('DeleteCertificate')).toBe(mostAttempts + 1)
    expect(world.nowMs - startedMs).toBe((2 ** (mostAttempts + 1) - 2) * 1000)
    expect(world.record.retiring).toEqual([world.old])
  })

  test('one that fails does not keep others of its batch', async () => {
    const world = await rotated()
    const [message] = world.aws.messaging.queue
    world.aws.messaging.queue.unshift({ body: '{"thingName":"dev1"}', delaySeconds: 0 })
    expect(message).toBeDefined()
    expect(await world.drain()).toEqual({ batchItemFailures: [{ itemIdentifier: '0' }] })
    expect(world.aws.iot.certificates.has(world.old)).toBe(false)
    const failed = world.lines.find(({ event }) => event === 'retirement-failed')
    expect(failed?.problem).toMatch(/the message is no retirement: .*certificateId/u)
  })

  test('leaves the record last, also where others write it meanwhile', async () => {
    const world = await rotated()
    world.aws.data.afterNextShadowRead = () => world.aws.data.writeShadow(thing, {})
    await world.drain()
    expect(world.aws.data.conflicts).toBe(1)
    expect(world.record.retiring).toEqual([])
  })

  test.each([
    ['that another handler has taken from the record', { retiring: [] }],
    ['whose record somebody has deleted', undefined],
  ])('%s meanwhile is done', async (_, reported) => {
    const world = await rotated()
    world.aws.data.afterNextShadowRead = () =>
      void (reported ? world.aws.data.writeShadow(thing, reported) : world.aws.data.shadows.delete(thing))
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
    expect(world.aws.data.conflicts).toBe(mostRaces)
    expect(world.lines.at(-1)?.problem).toBe(
      'RacesLost: the record of dev1 was written by others 8 times in a row; the event comes again',
    )
    world.aws.data.afterNextShadowRead = undefined
    await world.drain()
    expect(world.record.retiring).toEqual([])
  })
})

describe('a certificate of an authority that is to hear when it goes', () => {
  const revokedFor = ({ aws }: RotationWorld) =>
    [...aws.privateCa.issued.values()].map(({ revokedFor: reason }) => reason)
  const logged = ({ lines }: RotationWorld) => lines.map(({ event }) => event)

  async function failed(options?: WorldOptions) {
    const world = new RotationWorld({ issuer: 'private-ca', revokes: true, ...options })
    await world.create(world.createEvent())
    const trial = world.new
    await world.end('failed')
    return { world, trial }
  }

  test('is revoked there when the hold is over, and not before', async () => {
    const { world, trial } = await failed({ holdSeconds: 600 })
    await world.drain()
    expect(world.aws.iot.certificates.get(trial)?.status).toBe('INACTIVE')
    expect(revokedFor(world)).toEqual([undefined])
    await world.drainAll()
    expect(revokedFor(world)).toEqual(['SUPERSEDED'])
    expect(logged(world).slice(-2)).toEqual(['certificate-revoked', 'certificate-deleted'])
    expect(world.aws.iot.certificates.has(trial)).toBe(false)
  })

  test('C6: is revoked once, however often its deletion is tried', async () => {
    const { world, trial } = await failed()
    world.aws.iot.slowDetachments = 2
    await world.drainAll()
    expect(world.aws.count('RevokeCertificate')).toBe(3)
    expect(revokedFor(world)).toEqual(['SUPERSEDED'])
    expect(world.aws.iot.certificates.has(trial)).toBe(false)
  })

  test('stays in the record until it is revoked', async () => {
    const { world, trial } = await failed()
    world.aws.failNext('RevokeCertificate', 'before', new AwsFailure(400, 'InvalidStateException'))
    expect((await world.drain()).batchItemFailures).toHaveLength(1)
    expect(world.record.retiring).toEqual([trial])
    expect(world.lines.at(-1)?.problem).toMatch(/cannot be revoked: InvalidStateException/u)
    await world.drainAll()
    expect(revokedFor(world)).toEqual(['SUPERSEDED'])
    expect(world.record.retiring).toEqual([])
  })

  test('is deleted all the same where its authority can never revoke it, and that is logged', async () => {
    const { world, trial } = await failed()
    world.aws.privateCa.description.Status = 'EXPIRED'
    world.aws.failAlways('RevokeCertificate', new AwsFailure(400, 'InvalidStateException'))
    await world.drainAll()
    expect(world.lines.at(-2)).toMatchObject({
      level: 'warn',
      event: 'revocation-impossible',
      certificateId: trial,
      problem: expect.stringMatching(/^certificate [0-9a-f:]+ of arn:.*: the authority is EXPIRED$/u),
    })
    expect(world.aws.iot.certificates.has(trial)).toBe(false)
    expect(world.record.retiring).toEqual([])
  })

  test('that AWS IoT issued before is nothing to that authority', async () => {
    const world = new RotationWorld({ revokes: true })
    await world.rotate()
    await world.drainAll()
    expect(world.aws.count('GetCertificateAuthorityCertificate')).toBe(1)
    expect(world.aws.count('RevokeCertificate')).toBe(0)
    expect(logged(world).at(-1)).toBe('certificate-deleted')
    expect(world.lines.at(-2)).toMatchObject({
      event: 'revocation-skipped',
      problem: expect.stringMatching(/^[0-9a-f:]+ was issued by CN=/u),
    })
  })

  test('that is gone already is not looked for', async () => {
    const { world, trial } = await failed()
    world.aws.messaging.queue.push(...world.aws.messaging.queue)
    world.aws.iot.detach(thing, trial)
    world.aws.iot.certificates.delete(trial)
    await world.drainAll()
    expect(world.aws.count('RevokeCertificate')).toBe(0)
    expect(world.record.retiring).toEqual([])
  })
})

describe('a certificate that stays', () => {
  test('made active again by hand during the hold is left to whoever did it, who is told', async () => {
    const world = await rotated({ holdSeconds: 600 })
    await world.drain()
    const undone = world.aws.iot.certificates.get(world.old)
    expect(undone?.status).toBe('INACTIVE')
    if (undone !== undefined) undone.status = 'ACTIVE'
    await world.drainAll()
    expect(world.aws.iot.certificates.get(world.old)?.status).toBe('ACTIVE')
    expect(world.aws.messaging.notifications).toMatchObject([
      { message: expect.stringContaining('has made it active again'), attributes: { code: 'active-again' } },
    ])
    expect(world.record.retiring).toEqual([])
  })

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

  test('A5: one that an operator gave to another thing since the record named it stays active, and they hear of it', async () => {
    const world = await rotated()
    world.aws.iot.detach(thing, world.old)
    world.aws.iot.things.set('dev2', new Map())
    world.aws.iot.attach('dev2', world.old)
    await world.drainAll()
    expect(world.aws.iot.certificates.get(world.old)?.status).toBe('ACTIVE')
    expect(world.aws.iot.attached('dev2')).toEqual([world.old])
    expect(world.aws.messaging.notifications).toMatchObject([{ attributes: { code: 'not-of-thing' } }])
    expect(world.record.retiring).toEqual([])
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

  test('C17: what was never attached is looked at before each step: attached during the hold it stays', async () => {
    const world = new RotationWorld({ holdSeconds: 600 })
    await Promise.all([world.create(world.createEvent()), world.create(world.createEvent())])
    const [message] = world.aws.messaging.queue
    const { certificateId } = JSON.parse(message?.body ?? '')
    await world.drain()
    expect(world.aws.iot.certificates.get(certificateId)?.status).toBe('INACTIVE')
    world.aws.iot.attach(thing, certificateId)
    await world.drainAll()
    expect(world.aws.iot.certificates.has(certificateId)).toBe(true)
    expect(world.lines.at(-1)).toMatchObject({ event: 'retirement-refused', problem: 'attached' })
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
