import { jobDocumentText } from '@rotator/protocol/names'
import { describe, expect, test } from 'vitest'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { issueCertificate } from '../testing/fake-certificates.ts'
import { deviceSubject, newKey, requestForServer, spki } from '../testing/fake-requests.ts'
import { job, RotationWorld } from '../testing/rotation-world.ts'
import { thingName } from '../testing/test-ids.ts'

const privateCa = () => new RotationWorld({ issuer: 'private-ca' })

/** A create whose function fails between the registration of the certificate and the record's write. */
async function createThatDies(world: RotationWorld): Promise<string> {
  world.aws.afterCall = call => {
    if (call !== 'RegisterCertificateWithoutCA') return
    world.aws.afterCall = undefined
    world.aws.failNext('UpdateThingShadow', 'before')
  }
  await world.create(world.createEvent())
  expect(world.aws.failuresFired).toBe(1)
  expect(world.lastReply).toMatchObject({ code: 'TRY_LATER' })
  return [...world.aws.iot.certificates.keys()].find(id => id !== world.old) ?? ''
}

/** Another thing with a certificate of its own and an execution in progress; what the rule adds to its creates. */
function addThing({ aws, nowMs: updatedAtMs }: RotationWorld, name: string) {
  const principal = aws.iot.addCertificate(issueCertificate(deviceSubject, spki(newKey())).pem)
  const other = thingName(name)
  aws.iot.addThing(other)
  aws.iot.attach(other, principal)
  const execution = { jobId: job, executionNumber: 1, status: 'IN_PROGRESS', document: jobDocumentText }
  aws.data.setExecution(other, { ...execution, secondsLeft: 3_600, updatedAtMs })
  const topic = `awslabs/things/${name}/certificate/create`
  return { thingName: name, topic, clientId: name, principal }
}

describe('a create that AWS Private CA serves', () => {
  test('is answered with the registered certificate alone, and costs three calls of issuing', async () => {
    const world = privateCa()
    await world.create(world.createEvent())
    const [{ pem = '' } = {}] = world.aws.privateCa.issued.values()
    expect(world.lastReply).toMatchObject({
      verdict: 'create/accepted',
      certificateId: world.new,
      certificatePem: `${pem.trim()}\n`,
    })
    expect(world.usable).toEqual([world.old, world.new])
    for (const call of ['IssueCertificate', 'GetCertificate', 'RegisterCertificateWithoutCA'])
      expect(world.aws.count(call)).toBe(1)
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('C7: handled twice at once leaves one certificate, which nobody retires', async () => {
    const world = privateCa()
    await Promise.all([world.create(world.createEvent()), world.create(world.createEvent())])
    expect(world.aws.count('RegisterCertificateWithoutCA')).toBe(2)
    expect(world.aws.privateCa.issued.size).toBe(1)
    expect(world.replies.map(({ certificateId }) => certificateId)).toEqual([world.new, world.new])
    await world.drainAll()
    expect(world.usable).toEqual([world.old, world.new])
  })

  test('C7: that dies between issue and record leaves what its repeat is given, however soon things retire', async () => {
    const world = privateCa()
    const left = await createThatDies(world)
    const [message] = world.aws.messaging.queue
    const { certificateId, why, notBeforeMs } = JSON.parse(message?.body ?? '')
    expect({ certificateId, why }).toEqual({ certificateId: left, why: 'never-attached' })
    expect(notBeforeMs - world.nowMs).toBeGreaterThan(5 * 60_000)
    await world.create(world.createEvent())
    expect(world.new).toBe(left)
    await world.drainAll()
    expect(world.usable).toEqual([world.old, left])
    expect(world.lines.at(-1)).toMatchObject({ event: 'retirement-refused', problem: 'in-use' })
    expect(world.aws.privateCa.issued.size).toBe(1)
  })

  test('C7: of another thing or another execution gets another certificate, even for the same request', async () => {
    const world = privateCa()
    await world.create(world.createEvent())
    const first = world.new
    world.setExecution(1, 'FAILED')
    world.setExecution(2, 'IN_PROGRESS')
    await world.create(world.createEvent({ executionNumber: 2 }))
    expect(world.new).not.toBe(first)
    const other = addThing(world, 'dev2')
    await world.create(world.createEvent(other))
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
    const answered = world.replies.map(({ certificateId }) => certificateId)
    expect(new Set(answered).size).toBe(3)
    expect(world.aws.privateCa.issued.size).toBe(3)
  })

  test('C7: that is repeated when its token has lapsed gets another certificate, and the first one goes', async () => {
    const world = privateCa()
    const left = await createThatDies(world)
    world.aws.privateCa.forgetTokens()
    await world.create(world.createEvent())
    expect(world.new).not.toBe(left)
    await world.drainAll()
    expect(world.usable).toEqual([world.old, world.new])
    expect(world.aws.iot.certificates.has(left)).toBe(false)
  })

  test('C7: that is too slow for one attempt is answered at the next one to a device of version 1, once', async () => {
    const world = privateCa()
    world.aws.privateCa.inProgress = 13
    const { executionNumber: _, ...event } = world.createEvent({ receivedAtMs: world.nowMs })
    const startedMs = world.nowMs
    await world.create(event)
    expect(world.aws.count('IssueCertificate')).toBe(2)
    expect(world.aws.privateCa.issued.size).toBe(1)
    expect(world.replies).toMatchObject([{ verdict: 'create/accepted', qos: 0 }])
    expect(world.nowMs - startedMs).toBeLessThan(30_000)
  })

  test.each([
    ['ISSUER_NOT_ACTIVE', { Status: 'DISABLED' }, 'InvalidStateException'],
    ['ISSUER_EXPIRED', { Status: 'EXPIRED' }, 'InvalidStateException'],
    [
      'ISSUER_KEY_DIFFERS',
      { CertificateAuthorityConfiguration: { KeyAlgorithm: 'RSA_2048' } },
      'InvalidArgsException',
    ],
    ['ISSUER_VALIDITY_TOO_LONG', { NotAfter: Date.UTC(2026, 0, 2) / 1000 }, 'ValidationException'],
    ['ISSUER_ACCESS_DENIED', {}, 'AccessDeniedException'],
    ['ISSUER_REFUSED', {}, 'LimitExceededException'],
  ])('is refused for good as %s', async (code, description, error) => {
    const world = privateCa()
    Object.assign(world.aws.privateCa.description, description)
    world.aws.failNext('IssueCertificate', 'before', new AwsFailure(400, error, 'AWS says why'))
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({
      verdict: 'create/rejected',
      code,
      retryable: false,
      errorMsg: expect.stringContaining(`AWS Private CA: ${error}: AWS says why`),
    })
    expect(world.usable).toEqual([world.old])
    expect(world.aws.messaging.queue).toEqual([])
  })

  test('A4: for the name of a server besides costs no certificate', async () => {
    const world = privateCa()
    await world.create(world.createEvent({ csr: requestForServer(newKey(), 'console.example.com') }))
    expect(world.lastReply).toMatchObject({ code: 'CSR_INVALID', retryable: false })
    expect(world.aws.count('IssueCertificate')).toBe(0)
    expect(world.usable).toEqual([world.old])
  })

  test('C7: that is throttled is to be asked again', async () => {
    const world = privateCa()
    world.aws.failNext('IssueCertificate', 'before', new AwsFailure(400, 'ThrottlingException'))
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'ISSUER_BUSY', retryable: true })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
    expect(world.aws.privateCa.issued.size).toBe(1)
  })
})
