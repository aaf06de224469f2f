import { jobDocumentText } from '@rotator/protocol/names'
import { csrDigest } from '@rotator/protocol/x509/csr'
import { describe, expect, test } from 'vitest'
import { secondLookMs } from '../arbitration.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { issueCertificate } from '../testing/fake-certificates.ts'
import { deviceSubject, newKey, requestFor, spki } from '../testing/fake-requests.ts'
import { firstCsr, job, otherCsr, RotationWorld, thing } from '../testing/rotation-world.ts'

const stranger = () => issueCertificate(deviceSubject, spki(newKey())).pem

test('a rotation is said to start once, however often its create is answered', async () => {
  const world = new RotationWorld()
  await world.create(world.createEvent())
  await world.create(world.createEvent())
  const events = world.lines.map(({ event }) => event)
  expect(events).toEqual(['rotation-started', 'create-accepted', 'create-accepted'])
})

describe('a create', () => {
  test('is answered with a certificate that has the policies of the old one and is attached', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    expect(world.replies).toEqual([
      {
        verdict: 'create/accepted',
        qos: 1,
        certificatePem: world.aws.iot.certificates.get(world.new)?.pem,
        certificateId: world.new,
        jobId: job,
        executionNumber: 1,
        csrDigest: csrDigest(firstCsr),
      },
    ])
    expect(world.aws.iot.certificates.get(world.new)?.policies).toEqual(new Set(['device-policy']))
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.record).toMatchObject({ progress: 'created', oldCertificateId: world.old })
    expect(world.lines).toMatchObject([
      { event: 'rotation-started', thingName: thing, jobId: job, executionNumber: 1 },
      { event: 'create-accepted', thingName: 'dev1', from: 'none', to: 'created' },
    ])
  })

  test('M2, M3: the same create again is answered with the same certificate', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.create(world.createEvent())
    expect(world.replies).toHaveLength(2)
    expect(world.replies[1]).toEqual(world.replies[0])
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(1)
  })

  test('A5: a record that its device forges gets it no certificate but its own', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const foreign = world.aws.iot.addCertificate(stranger(), ['claim-policy'])
    world.aws.data.writeShadow(thing, { newCertificateId: foreign })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'ISSUER_REFUSED',
      errorMsg: expect.stringContaining(`${foreign} of the record is for another request`),
    })
    expect(world.aws.iot.attached(thing)).not.toContain(foreign)
    expect(world.aws.iot.certificates.get(foreign)?.policies).toEqual(new Set(['claim-policy']))
  })

  test('M4: two creates handled at once leave one certificate', async () => {
    const world = new RotationWorld()
    await Promise.all([world.create(world.createEvent()), world.create(world.createEvent())])
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(2)
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.replies.map(({ certificateId }) => certificateId)).toEqual([world.new, world.new])
    await world.drain()
    expect(world.aws.iot.certificates.size).toBe(2)
    expect(world.usable).toEqual([world.old, world.new])
  })

  test('M4: a record that somebody else writes in between costs no second certificate', async () => {
    const world = new RotationWorld()
    world.aws.data.writeShadow(thing, { schema: 2 })
    world.aws.data.afterNextShadowRead = () => world.aws.data.writeShadow(thing, { schema: 2 })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
    expect(world.aws.data.shadows.get(thing)?.version).toBe(3)
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(1)
  })

  test('C16: whose new shadow is deleted as soon as it is made makes another, and one certificate', async () => {
    const world = new RotationWorld()
    world.aws.data.afterNextShadowWrite = () => world.aws.data.shadows.delete(thing)
    await world.create(world.createEvent())
    expect(world.aws.data.afterNextShadowWrite).toBeUndefined()
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(1)
  })

  test('where the record cannot be made, issues nothing', async () => {
    const world = new RotationWorld()
    world.aws.failNext('UpdateThingShadow', 'before')
    await world.create(world.createEvent())
    expect(world.aws.failuresFired).toBe(1)
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER' })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('C16: whose new record another takes as soon as it is made is decided anew before it issues', async () => {
    const world = new RotationWorld()
    const keep = world.addCertificate()
    world.aws.iot.detach(thing, keep)
    const certificates = { oldCertificateId: world.old, newCertificateId: keep, keep }
    const settled = { schema: 2, progress: 'settled', madeBy: 'v2', ...certificates }
    world.aws.data.afterNextShadowWrite = () => world.aws.data.writeShadow(thing, settled)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'NOT_THE_KEPT_CERTIFICATE' })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('of a device of version 1 whose execution is gone is refused at once', async () => {
    const world = new RotationWorld()
    const startedMs = world.nowMs
    world.aws.data.deleteExecutions(thing)
    await world.create(world.createEvent({ executionNumber: undefined }))
    expect(world.lastReply).toMatchObject({ code: 'EXECUTION_NOT_IN_PROGRESS' })
    expect(world.nowMs).toBe(startedMs)
  })

  test('is asked for again where others write the record all the time', async () => {
    const world = new RotationWorld()
    const interfere = () => {
      world.aws.data.writeShadow(thing, { schema: 2 })
      world.aws.data.afterNextShadowRead = interfere
    }
    interfere()
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER', retryable: true })
    expect(world.usable).toEqual([world.old])
  })

  test('M17: a create after its execution has ended gets nothing', async () => {
    const world = new RotationWorld()
    await world.end('timed_out')
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'EXECUTION_NOT_IN_PROGRESS', retryable: false })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('M17: a create that read its execution before the end meets the tombstone', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ csr: otherCsr }))
    await world.end('failed')
    await world.drain()
    // The end of an execution is recorded with its number; this create still saw it in progress.
    world.setExecution(1, 'IN_PROGRESS')
    world.aws.data.afterNextShadowRead = () => world.setExecution(1, 'FAILED')
    const published = world.replies.length
    await world.create(world.createEvent())
    expect(world.replies).toHaveLength(published)
    expect(world.aws.iot.certificates.size).toBe(1)
  })

  test('M18: a create of an earlier execution changes nothing, and its refusal names it', async () => {
    const world = new RotationWorld()
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ csr: otherCsr, executionNumber: 2 }))
    const { version } = { ...world.aws.data.shadows.get(thing) }
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      verdict: 'create/rejected',
      code: 'EXECUTION_NOT_IN_PROGRESS',
      executionNumber: 1,
      csrDigest: csrDigest(firstCsr),
    })
    expect(world.aws.data.shadows.get(thing)?.version).toBe(version)
  })

  test('M20: a second request of the same execution is refused, the certificate on trial is untouched', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const trial = world.new
    await world.create(world.createEvent({ csr: otherCsr }))
    expect(world.lastReply).toMatchObject({ code: 'ANOTHER_CSR_PENDING', csrDigest: csrDigest(otherCsr) })
    expect(world.usable).toEqual([world.old, trial])
  })

  test('of the next execution supersedes what the failed one left', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const first = world.new
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ csr: otherCsr, executionNumber: 2 }))
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted', executionNumber: 2 })
    await world.drain()
    expect(world.aws.iot.certificates.has(first)).toBe(false)
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.record.retiring).toEqual([])
  })

  test('C18: by the NEW of a record that a version 1 backend began keeps both, also when its first write fails', async () => {
    const world = new RotationWorld()
    const trial = world.addCertificate()
    const begun = { progress: 'created', oldCertificateId: world.old, newCertificateId: trial }
    world.aws.data.writeShadow(thing, begun)
    world.aws.failNext('UpdateThingShadow', 'before')
    for (const _ of [1, 2]) await world.create(world.createEvent({ principal: trial }))
    expect(world.aws.failuresFired).toBe(1)
    expect(world.replies.map(({ code }) => code)).toEqual(['TRY_LATER', 'OTHER_EXECUTION'])
    expect(world.record).toMatchObject({ ...begun, progress: 'held' })
    expect(world.aws.messaging.notifications).toMatchObject([{ attributes: { code: 'both-kept' } }])
    expect(world.usable).toEqual([world.old, trial])
  })

  test('while another job is still in progress is asked to wait', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await world.create(world.createEvent({ jobId: 'J2', csr: otherCsr }))
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER', retryable: true, jobId: 'J2' })
  })
})

describe('a create that must be refused', () => {
  test('A2: of a job that is no rotation, that does not exist, or that waits', async () => {
    const world = new RotationWorld()
    world.setExecution(1, 'IN_PROGRESS', 'reboot', '{"operation":"REBOOT"}')
    await world.create(world.createEvent({ jobId: 'reboot' }))
    expect(world.lastReply).toMatchObject({ code: 'NOT_A_ROTATION', jobId: 'reboot' })
    await world.create(world.createEvent({ jobId: 'nowhere' }))
    expect(world.lastReply).toMatchObject({ code: 'EXECUTION_NOT_IN_PROGRESS' })
    world.setExecution(1, 'QUEUED')
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER' })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('A1: from another thing’s certificate', async () => {
    const world = new RotationWorld()
    const theirs = world.aws.iot.addCertificate(stranger())
    const startedMs = world.nowMs
    await world.create(world.createEvent({ principal: theirs }))
    expect(world.lastReply).toMatchObject({ code: 'NOT_ATTACHED' })
    expect(world.nowMs - startedMs).toBe(secondLookMs)
    expect(world.aws.count('ListThingPrincipalsV2')).toBe(2)
    expect(world.usable).toEqual([world.old])
  })

  test('C4: a list that is old is looked at twice, and refuses nothing', async () => {
    const world = new RotationWorld()
    world.aws.iot.detach(thing, world.old)
    world.aws.iot.attach(thing, world.old)
    world.aws.iot.staleLists = 1
    await world.create(world.createEvent())
    expect(world.aws.iot.staleLists).toBe(0)
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
  })

  test('C15: because of a certificate that no rotation made; it is named and never deleted', async () => {
    const world = new RotationWorld()
    const unknown = world.addCertificate()
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'UNKNOWN_CERTIFICATE_ATTACHED',
      errorMsg: expect.stringContaining(unknown),
    })
    expect(world.aws.messaging.notifications).toMatchObject([
      { attributes: { thingName: 'dev1', jobId: 'J1', code: 'unknown-certificate' } },
    ])
    expect(world.usable).toContain(unknown)
  })

  test('C15: because the certificate is attached, but not exclusively', async () => {
    const world = new RotationWorld()
    world.aws.iot.attach(thing, world.old, false)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'NOT_EXCLUSIVE' })
  })

  test('A4: because of its request', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent({ csr: 'garbage' }))
    expect(world.lastReply).toMatchObject({ code: 'CSR_INVALID', retryable: false })
    await world.create(world.createEvent({ csr: 'x'.repeat(4097) }))
    expect(world.lastReply).toMatchObject({ code: 'INVALID_MESSAGE' })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('A4: because of the old key, also when only the record knows it', async () => {
    const world = new RotationWorld()
    const secondKey = newKey()
    await world.create(world.createEvent({ csr: await requestFor(secondKey) }))
    await world.commit(world.commitEvent(world.new))
    await world.end('succeeded')
    await world.drain()
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    const described = world.aws.count('DescribeCertificate')
    const reused = await requestFor(secondKey, 'ECDSA-WITH-SHA512')
    await world.create(world.createEvent({ jobId: 'J2', csr: reused, principal: world.new }))
    expect(world.lastReply).toMatchObject({ code: 'CSR_KEY_NOT_NEW' })
    expect(world.aws.count('DescribeCertificate')).toBe(described)
  })

  test('C19: because OLD ends before the rotation could', async () => {
    const world = new RotationWorld({ oldNotAfter: '2026-01-01T00:30:00Z' })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'OLD_EXPIRES_TOO_SOON',
      errorMsg: expect.stringContaining('2026-01-01T00:30:00.000Z'),
    })
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('C19: because what an earlier rotation issued ends too soon, which is not asked of AWS IoT again', async () => {
    const world = new RotationWorld()
    await world.rotate()
    await world.drain()
    const described = world.aws.count('DescribeCertificate')
    world.nowMs = Date.parse('2049-12-31T23:30:00Z')
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await world.create(world.createEvent({ jobId: 'J2', csr: otherCsr, principal: world.new }))
    expect(world.lastReply).toMatchObject({ code: 'OLD_EXPIRES_TOO_SOON' })
    expect(world.aws.count('DescribeCertificate')).toBe(described)
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(1)
  })

  test.each([
    [7_200, '2026-01-01T02:00:59Z', 'create/rejected'],
    [7_200, '2026-01-01T02:01:00Z', 'create/accepted'],
    [undefined, '2026-01-01T01:00:59Z', 'create/rejected'],
    [undefined, '2026-01-01T01:01:00Z', 'create/accepted'],
  ])(
    'C19: OLD must last for what is left (%s s, else an hour) and a minute: %s, %s',
    async (left, oldNotAfter, verdict) => {
      const world = new RotationWorld({ oldNotAfter })
      world.aws.data.setExecution(thing, {
        jobId: job,
        executionNumber: 1,
        status: 'IN_PROGRESS',
        document: jobDocumentText,
        ...(left !== undefined && { secondsLeft: left }),
      })
      await world.create(world.createEvent())
      expect(world.lastReply).toMatchObject({ verdict })
    },
  )

  test('because its certificate was deleted under it', async () => {
    const world = new RotationWorld()
    world.aws.iot.certificates.delete(world.old)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'NOT_ATTACHED',
      errorMsg: expect.stringContaining('(the certificate does not exist)'),
    })
  })

  test('because the authority is busy or refuses', async () => {
    const world = new RotationWorld()
    world.aws.failNext('CreateCertificateFromCsr', 'before', new AwsFailure(400, 'ThrottlingException'))
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'ISSUER_BUSY', retryable: true })
    world.aws.failNext(
      'CreateCertificateFromCsr',
      'before',
      new AwsFailure(400, 'InvalidRequestException', 'no'),
    )
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'ISSUER_REFUSED',
      retryable: false,
      errorMsg: expect.stringContaining('InvalidRequestException: no'),
    })
    expect(world.aws.failuresFired).toBe(2)
  })

  test('because the new certificate cannot be attached, or is gone', async () => {
    const world = new RotationWorld()
    world.aws.failNext(
      'AttachPolicy',
      'before',
      new AwsFailure(410, 'LimitExceededException', 'ten policies'),
    )
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'ISSUER_REFUSED',
      errorMsg: expect.stringContaining('ten policies'),
    })
    world.aws.iot.certificates.delete(world.new)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      code: 'ISSUER_REFUSED',
      errorMsg: expect.stringContaining(world.new),
    })
  })

  test('with policies that cannot be attached leaves no active certificate when its job has failed', async () => {
    const world = new RotationWorld()
    const failure = new AwsFailure(410, 'LimitExceededException', 'ten policies')
    world.aws.failNext('AttachPolicy', 'before', failure)
    await world.create(world.createEvent())
    expect(world.aws.failuresFired).toBe(1)
    const refused = world.new
    await world.end('failed')
    await world.drainAll()
    expect(world.aws.iot.certificates.has(refused)).toBe(false)
    expect(world.usable).toEqual([world.old])
    expect(world.aws.messaging.notifications.map(({ attributes }) => attributes.code)).toEqual(['old-kept'])
  })

  test('M17: of a job that was deleted and made anew with the same id begins a rotation', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.end('failed')
    await world.drainAll()
    world.aws.data.deleteExecutions(thing)
    world.setExecution(1, 'IN_PROGRESS')
    await world.create(world.createEvent({ csr: otherCsr }))
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted', jobId: job, executionNumber: 1 })
    await world.commit(world.commitEvent(world.new))
    await world.end('succeeded')
    await world.drainAll()
    expect(world.usable).toEqual([world.new])
  })

  test('C17: given again from the dead letters takes NEW from no device, also after its job was made anew', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    await world.commit(world.commitEvent(world.new))
    await world.end('timed_out')
    expect(world.record.progress).toBe('held')
    const inUse = world.new
    world.aws.data.deleteExecutions(thing)
    world.setExecution(1, 'IN_PROGRESS')
    await world.create(world.createEvent())
    await world.drainAll()
    expect(world.usable).toEqual([world.old, inUse])
    expect(world.record.progress).toBe('held')
  })

  test('C21: a certificate given by hand starts the next rotation, once it is alone', async () => {
    const world = new RotationWorld()
    await world.rotate()
    await world.drain()
    const byHand = world.addCertificate()
    world.aws.iot.detach(thing, world.new)
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await world.create(world.createEvent({ jobId: 'J2', csr: otherCsr, principal: byHand }))
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
    expect(world.aws.messaging.notifications.at(-1)).toMatchObject({ attributes: { code: 'given-by-hand' } })
    expect(world.record.oldCertificateId).toBe(byHand)
  })
})
