import { describe, expect, test } from 'vitest'
import { v1GivesUpMs, v1PatienceMs, v1PauseMs } from './device-exchange.ts'
import { AwsFailure } from './testing/fake-aws/wire.ts'
import { job, otherCsr, RotationWorld, thing } from './testing/rotation-world.ts'

const throttled = new AwsFailure(429, 'ThrottlingException')
/** A request as a device of version 1 sends it. */
const v1 = { executionNumber: undefined, certificateId: undefined, turn: undefined }

describe('a message that is no request', () => {
  test.each([
    ['nothing', { jobId: undefined, csr: undefined, executionNumber: undefined }, {}],
    ['a job id of the wrong type', { jobId: 7 }, { executionNumber: 1 }],
    ['a job id too long', { jobId: 'j'.repeat(65) }, { executionNumber: 1 }],
    ['no number', { executionNumber: 'one' }, { jobId: 'J1' }],
    ['a csr that is no text', { csr: {} }, { jobId: 'J1', executionNumber: 1 }],
  ])('M16: %s is refused with a code and what can be read of it', async (_, wrong, echo) => {
    const world = new RotationWorld()
    await world.create(world.createEvent(wrong))
    expect(world.lastReply).toMatchObject({
      verdict: 'create/rejected',
      code: 'INVALID_MESSAGE',
      retryable: false,
      ...echo,
    })
    expect(world.aws.calls).toEqual(['Publish'])
  })

  test('M16: a commit of wrong types is refused', async () => {
    const world = new RotationWorld()
    await world.commit(world.commitEvent(world.old, { turn: -1 }))
    expect(world.lastReply).toMatchObject({ code: 'INVALID_MESSAGE', certificateId: world.old })
    expect(world.lastReply).not.toHaveProperty('turn')
  })

  test.each([undefined, null, 'text', 7, [], { thingName: 'a/b', clientId: 'x', principal: 'y' }])(
    'M16: %j names no thing, so nobody is answered',
    async event => {
      const world = new RotationWorld()
      await world.create(event)
      await world.commit(event)
      expect(world.aws.calls).toEqual([])
      expect(world.lines).toMatchObject([
        { level: 'warn', event: 'create-dropped', problem: expect.any(String) },
        { level: 'warn', event: 'commit-dropped', problem: expect.any(String) },
      ])
    },
  )
})

describe('who asks', () => {
  test.each(['dev10', 'dev', 'dev1-core', '', 'other'])('A1: the client id %j is refused', async clientId => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ clientId }))
    await world.commit(world.commitEvent(world.old, { clientId }))
    const refusal = {
      code: 'CLIENT_ID_MISMATCH',
      errorMsg: expect.stringMatching(`\\(the client id is ${clientId}\\)$`),
    }
    expect(world.replies).toMatchObject([refusal, refusal])
    expect(world.aws.calls).toEqual(['Publish', 'Publish'])
  })

  test('A1: a stranger’s request is not answered on the topic of a device of version 1', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ ...v1, clientId: 'dev10' }))
    expect(world.aws.calls).toEqual([])
    expect(world.lines).toMatchObject([{ level: 'warn', code: 'CLIENT_ID_MISMATCH' }])
  })

  test('the client ids that Greengrass adds a number to are the thing’s', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ clientId: 'dev1#2' }))
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
    expect(world.lines.at(-1)).toMatchObject({ level: 'info', event: 'create-accepted' })
  })

  test('A1: a connection without a certificate is refused', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ principal: 'AROAEXAMPLE:session' }))
    expect(world.lastReply).toMatchObject({
      code: 'INVALID_MESSAGE',
      errorMsg: expect.stringContaining('(the connection was not made with a certificate)'),
    })
  })
})

describe('a device of version 2', () => {
  test('is asked to come again where AWS is busy', async () => {
    const world = new RotationWorld()
    world.aws.failNext('DescribeJobExecution', 'before', throttled)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER', retryable: true, jobId: job })
  })

  test('is not answered where AWS refuses for good: the event is kept', async () => {
    const world = new RotationWorld()
    world.aws.failNext('GetThingShadow', 'before', new AwsFailure(403, 'AccessDeniedException'))
    await expect(world.create(world.createEvent())).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(world.replies).toEqual([])
  })

  test('is not kept waiting for what will not be said', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed')
    // The end is recorded with its number; the repeat still saw the execution in progress.
    world.setExecution(1, 'IN_PROGRESS')
    world.aws.data.afterNextShadowRead = () => world.setExecution(1, 'FAILED')
    const startedMs = world.nowMs
    await world.create(world.createEvent())
    expect(world.lines.at(-1)).toMatchObject({ event: 'create-silent' })
    expect(world.nowMs).toBe(startedMs)
  })

  test('is answered once where what follows from the answer fails, and the event is kept for that', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.commit(world.commitEvent(world.new))
    await world.end('timed_out')
    world.aws.failNext('SendMessageBatch', 'before')
    const published = world.replies.length
    const confirmed = world.commit(world.commitEvent(world.new, { confirmed: true }))
    await expect(confirmed).rejects.toMatchObject({
      name: 'LeftUndone',
      message: expect.stringMatching(/^the device was answered, and then: ServiceUnavailableException/u),
      cause: expect.objectContaining({ name: 'ServiceUnavailableException' }),
    })
    expect(world.replies.slice(published)).toMatchObject([{ verdict: 'commit/accepted' }])
  })
})

describe('a device of version 1', () => {
  test('is answered once, at quality of service 0', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent(v1))
    await world.create(world.createEvent(v1))
    expect(world.replies).toMatchObject([{ verdict: 'create/accepted', qos: 0 }])
    expect(world.lines.map(({ event }) => event)).toEqual([
      'rotation-started',
      'create-accepted',
      'create-repeated',
    ])
    expect(world.record).toMatchObject({ madeBy: 'v1', jobId: job, executionNumber: 1 })
    await world.commit(world.commitEvent(world.new, v1))
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted', qos: 0 })
  })

  test('is answered a little later where AWS is busy for a while', async () => {
    const world = new RotationWorld()
    world.aws.failAlways('AttachPolicy', throttled)
    world.whilePausing = () => world.aws.recover()
    await world.create(world.createEvent(v1))
    expect(world.replies).toMatchObject([{ verdict: 'create/accepted' }])
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(1)
  })

  test('is told nothing where it stays so, and its event does not come again', async () => {
    const world = new RotationWorld()
    const startedMs = world.nowMs
    world.aws.failAlways('GetThingShadow', throttled)
    await world.create(world.createEvent(v1))
    expect(world.replies).toEqual([])
    expect(v1PatienceMs).toBeLessThan(30_000)
    expect(world.nowMs - startedMs).toBe(v1PatienceMs)
    expect(world.aws.failuresFired).toBe(v1PatienceMs / v1PauseMs + 1)
    expect(world.lines[0]).toMatchObject({ level: 'error', event: 'attempt-failed', thingName: 'dev1' })
  })

  test('is not answered for the execution after the one that it asked in', async () => {
    const world = new RotationWorld()
    world.aws.failAlways('GetThingShadow', throttled)
    world.whilePausing = () => {
      world.setExecution(1, 'FAILED')
      world.setExecution(2, 'IN_PROGRESS')
      world.aws.recover()
    }
    await world.create(world.createEvent(v1))
    expect(world.lastReply).toMatchObject({ code: 'EXECUTION_NOT_IN_PROGRESS' })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('gets no rejection that only asks for patience', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await world.create(world.createEvent({ ...v1, jobId: 'J2', csr: otherCsr }))
    expect(world.replies).toHaveLength(1)
    expect(world.lines.at(-1)).toMatchObject({ event: 'create-silent' })
  })

  test('is answered once, also where what follows from the answer fails', async () => {
    const world = new RotationWorld()
    await world.rotate()
    await world.drain()
    const byHand = world.addCertificate()
    world.aws.iot.detach(thing, world.new)
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    world.aws.failNext('SnsPublish', 'before', throttled)
    const published = world.replies.length
    await world.create(world.createEvent({ ...v1, jobId: 'J2', csr: otherCsr, principal: byHand }))
    expect(world.aws.failuresFired).toBe(1)
    expect(world.replies.slice(published)).toMatchObject([{ verdict: 'create/accepted' }])
    expect(world.lines.at(-1)).toMatchObject({ level: 'info', event: 'create-accepted' })
    expect(world.aws.messaging.notifications).toHaveLength(1)
  })

  test('is rejected once, however often what follows from that fails, and the log says what is missing', async () => {
    const world = new RotationWorld()
    world.addCertificate()
    world.aws.failAlways('SnsPublish', throttled)
    await world.create(world.createEvent(v1))
    expect(world.aws.failuresFired).toBe(3)
    expect(world.replies).toMatchObject([{ code: 'UNKNOWN_CERTIFICATE_ATTACHED' }])
    expect(world.lines).toMatchObject([
      {
        level: 'error',
        event: 'create-left-undone',
        problem: expect.stringMatching(/^LeftUndone: the device was answered/u),
      },
    ])
  })

  test('C17, C18: gets no answer where it has given up, as after dead letters were redriven', async () => {
    const world = new RotationWorld()
    const receivedAtMs = world.nowMs
    world.nowMs += v1GivesUpMs + 1
    await world.create(world.createEvent({ ...v1, receivedAtMs }))
    await world.commit(world.commitEvent(world.old, { ...v1, receivedAtMs }))
    expect(world.aws.calls).toEqual([])
    expect(world.lines).toMatchObject([
      { level: 'warn', event: 'create-dropped', thingName: thing },
      { level: 'warn', event: 'commit-dropped', thingName: thing },
    ])
    await world.create(world.createEvent({ ...v1, receivedAtMs: receivedAtMs + 1 }))
    expect(world.replies).toMatchObject([{ verdict: 'create/accepted' }])
  })

  test('is not waited for longer than it waits, counted from when it asked', async () => {
    const world = new RotationWorld()
    world.aws.failAlways('GetThingShadow', throttled)
    const receivedAtMs = world.nowMs - 15_000
    const startedMs = world.nowMs
    await world.create(world.createEvent({ ...v1, receivedAtMs }))
    expect(world.nowMs - startedMs).toBe(6_000)
  })

  test('of version 2 may ask as late as it likes', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ receivedAtMs: 0 }))
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
  })

  test('is tried again for an authority that is busy', async () => {
    const world = new RotationWorld()
    world.aws.failNext('CreateCertificateFromCsr', 'before', throttled)
    await world.create(world.createEvent(v1))
    expect(world.replies).toMatchObject([{ verdict: 'create/accepted' }])
  })
})
