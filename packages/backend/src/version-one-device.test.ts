import { describe, expect, test } from 'vitest'
import { v1GivesUpMs } from './device-exchange.ts'
import { AwsFailure } from './testing/fake-aws/wire.ts'
import { otherCsr, RotationWorld, thing, type WorldOptions } from './testing/rotation-world.ts'

/** A request as a device of version 1 sends it: a job, and nothing else to tell what it belongs to. */
const v1 = { executionNumber: undefined, certificateId: undefined, turn: undefined }
const throttled = new AwsFailure(429, 'ThrottlingException')

const create = (world: RotationWorld, more: object = {}) =>
  world.create(world.createEvent({ ...v1, ...more }))
const commit = (world: RotationWorld, principal: string) =>
  world.commit(world.commitEvent(principal, { ...v1, clientId: `${thing}#2` }))
const codes = (world: RotationWorld) =>
  world.aws.messaging.notifications.map(({ attributes }) => attributes.code)

async function committed(options?: WorldOptions): Promise<RotationWorld> {
  const world = new RotationWorld(options)
  await create(world)
  await commit(world, world.new)
  return world
}

describe('what a device of version 1 can rely on', () => {
  test('C18: replies come once, at quality of service 0, as JSON objects that hold what it reads', async () => {
    const world = await committed()
    expect(world.replies).toMatchObject([
      { verdict: 'create/accepted', qos: 0, certificatePem: expect.stringContaining('BEGIN CERTIFICATE') },
      { verdict: 'commit/accepted', qos: 0 },
    ])
  })

  test('C18: a create that comes twice, or at once, is answered once: a second answer would overwrite its backup', async () => {
    const world = new RotationWorld()
    await Promise.all([create(world), create(world)])
    await create(world)
    await world.drainAll()
    expect(world.replies.map(({ verdict }) => verdict)).toEqual(['create/accepted'])
    expect(world.usable).toEqual([world.old, world.new])
  })

  test('C18: a commit that it repeats after a crash is accepted again', async () => {
    const world = await committed()
    await commit(world, world.new)
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted' })
  })

  test('C18: a commit over OLD is refused, so that it rolls back; then its FAILED retires NEW', async () => {
    const world = new RotationWorld({ retireDelaySeconds: 600 })
    await create(world)
    const trial = world.new
    await commit(world, world.old)
    expect(world.lastReply).toMatchObject({ verdict: 'commit/rejected', errorMsg: expect.any(String) })
    const statusDetails = { CertificateRotator: true, DeviceFailureReason: 'Commit was rejected' }
    await world.end('failed', { statusDetails })
    // It says FAILED first, and may be connected with NEW until it has restarted.
    expect(world.usable).toEqual([world.old, trial])
    await world.drainAll()
    expect(world.usable).toEqual([world.old])
    expect(codes(world)).toEqual(['old-kept'])
  })

  test('C18: SUCCEEDED without details of its own retires OLD', async () => {
    const world = await committed()
    await world.end('succeeded', { statusDetails: { CertificateRotator: true } })
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
    expect(codes(world)).toEqual([])
  })

  test('C18: FAILED after a commit that was recorded keeps both, whichever it went back to', async () => {
    const world = await committed()
    await world.end('failed', { statusDetails: { CertificateRotator: true, DeviceFailureReason: 'Comms' } })
    await world.drainAll()
    expect(world.record).toMatchObject({ progress: 'held' })
    expect(world.usable).toEqual([world.old, world.new])
    expect(codes(world)).toEqual(['both-kept'])
  })

  test.each(['timed_out', 'canceled', 'removed', 'rejected', 'deleted'])(
    'C18: %s keeps both, for it does not notice that and may stay on NEW; its next rotation ends that',
    async operation => {
      const world = new RotationWorld()
      await create(world)
      const trial = world.new
      await world.end(operation, { statusDetails: { CertificateRotator: true } })
      expect(world.usable).toEqual([world.old, trial])
      expect(codes(world)).toEqual(['both-kept'])
      world.setExecution(1, 'IN_PROGRESS', 'J2')
      await create(world, { jobId: 'J2', csr: otherCsr, principal: trial })
      await world.commit(world.commitEvent(world.new, { ...v1, jobId: 'J2' }))
      world.setExecution(1, 'SUCCEEDED', 'J2')
      await world.finish(world.endedEvent('succeeded', { jobId: 'J2' }))
      await world.drainAll()
      expect(world.usable).toEqual([world.new])
    },
  )

  test('C18: where AWS is busy it is answered later, never told to ask again, and nothing is issued after it gave up', async () => {
    const world = new RotationWorld()
    const startedMs = world.nowMs
    world.aws.failAlways('DescribeJobExecution', throttled)
    await create(world, { receivedAtMs: startedMs })
    expect(world.nowMs - startedMs).toBeLessThan(v1GivesUpMs)
    world.aws.recover()
    world.nowMs = startedMs + v1GivesUpMs + 1
    await create(world, { receivedAtMs: startedMs })
    expect(world.replies).toEqual([])
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('C18: what it left behind waits for its stale backup, and goes when its next rotation has overwritten that', async () => {
    const world = new RotationWorld()
    await create(world)
    const first = world.new
    await world.end('timed_out', { statusDetails: { CertificateRotator: true } })
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await create(world, { jobId: 'J2', csr: otherCsr })
    await world.drainAll()
    expect(world.record).toMatchObject({ superseded: [first] })
    expect(world.usable).toEqual([world.old, first, world.new])
    await world.commit(world.commitEvent(world.new, { ...v1, jobId: 'J2' }))
    world.setExecution(1, 'SUCCEEDED', 'J2')
    await world.finish(world.endedEvent('succeeded', { jobId: 'J2' }))
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
  })
})

describe('a device of version 1.0 or 1.1', () => {
  const progress = { certificateRotationProgress: 'started' }

  test('C18: rotates too: its details name another key, and its FAILED carries the details that were there', async () => {
    const world = await committed()
    await world.end('succeeded', { statusDetails: progress })
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
    const failing = new RotationWorld()
    await create(failing)
    await failing.end('failed', { statusDetails: progress })
    await failing.drainAll()
    expect(failing.usable).toEqual([failing.old])
    expect(codes(failing)).toEqual(['old-kept'])
  })
})

describe('a rotation that a version 1 backend began', () => {
  async function begun(state: 'created' | 'committed'): Promise<{ world: RotationWorld; trial: string }> {
    const world = new RotationWorld()
    const trial = world.addCertificate()
    const record = { progress: state, oldCertificateId: world.old, newCertificateId: trial }
    world.aws.data.writeShadow(thing, record)
    return { world, trial }
  }

  test('C18: is committed and finished by ours', async () => {
    const { world, trial } = await begun('created')
    await commit(world, trial)
    expect(world.lastReply).toMatchObject({ verdict: 'commit/accepted' })
    await world.end('succeeded', { statusDetails: { CertificateRotator: true } })
    await world.drainAll()
    expect(world.usable).toEqual([trial])
  })

  test('C18: that was committed already is finished by ours', async () => {
    const { world, trial } = await begun('committed')
    await world.end('succeeded', { statusDetails: { CertificateRotator: true } })
    await world.drainAll()
    expect(world.usable).toEqual([trial])
  })

  test('C18: that fails keeps OLD', async () => {
    const { world } = await begun('created')
    await world.end('failed', { statusDetails: { CertificateRotator: true } })
    await world.drainAll()
    expect(world.usable).toEqual([world.old])
    expect(codes(world)).toEqual(['old-kept'])
  })
})
