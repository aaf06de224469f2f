import { describe, expect, test } from 'vitest'
import { environmentOf } from '../aws/environment.ts'
import { chooseIssuer } from '../issuers/choose-issuer.ts'
import { AwsFailure } from '../testing/fake-aws/wire.ts'
import { certificateFor } from '../testing/fake-certificates.ts'
import { fakeClientSettings, fakeClients, testVariables } from '../testing/fake-clients.ts'
import {
  firstCsr,
  job,
  otherCsr,
  ownCheckArn,
  ownIssuerArn,
  RotationWorld,
  thing,
} from '../testing/rotation-world.ts'
import { chooseCheck } from './own-check.ts'

/** A world with an own issuer that answers so. */
function issuing(answer: (question: unknown) => unknown) {
  const world = new RotationWorld({ issuer: 'own' })
  const asked: unknown[] = []
  world.aws.messaging.functions.set(ownIssuerArn, question => {
    asked.push(question)
    return answer(question)
  })
  return { world, asked }
}

describe('an issuer of the operators’ own', () => {
  test('is asked with thing, request and token, and what it issues is registered and given to the device', async () => {
    const certificatePem = certificateFor(firstCsr)
    const { world, asked } = issuing(() => ({ certificatePem }))
    await world.create(world.createEvent())
    expect(asked).toEqual([
      { thingName: thing, csr: firstCsr, token: expect.stringMatching(/^[0-9a-f]{64}$/u) },
    ])
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted', certificateId: world.new })
    expect(world.usable).toContain(world.new)
  })

  test('that gives a repeat the same certificate leaves one', async () => {
    const certificatePem = certificateFor(firstCsr)
    const { world, asked } = issuing(() => ({ certificatePem }))
    world.aws.failNext('UpdateThingShadow', 'before', new AwsFailure(503, 'ServiceUnavailableException'))
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER' })
    await world.create(world.createEvent())
    expect(new Set(asked.map(question => JSON.stringify(question))).size).toBe(1)
    await world.drainAll()
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted', certificateId: world.new })
    expect(world.usable).toEqual([world.old, world.new])
  })

  test.each([
    ['refuses', () => ({ refused: 'not on Sundays' }), 'not on Sundays'],
    ['answers nothing that is known', () => ({ pem: 'x' }), 'neither certificatePem nor refused'],
    ['answers nothing', () => undefined, 'neither certificatePem nor refused'],
    ['answers no certificate', () => ({ certificatePem: 'x' }), 'no certificate'],
    [
      'answers a block that is no certificate',
      () => ({ certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
      'not of the request',
    ],
    [
      'answers a certificate for another key',
      () => ({ certificatePem: certificateFor(otherCsr) }),
      'not of the request',
    ],
  ])('that %s fails the rotation and says why', async (_, answer, why) => {
    const { world } = issuing(answer)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'ISSUER_REFUSED', retryable: false })
    expect(world.lastReply?.['errorMsg']).toContain(why)
    expect(world.usable).toEqual([world.old])
  })

  test('that throws is asked again by the device', async () => {
    const { world } = issuing(() => {
      throw new Error('the database is away')
    })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'ISSUER_BUSY', retryable: true })
    expect(world.lastReply?.['errorMsg']).toContain('the database is away')
  })

  test('that does not exist fails the rotation', async () => {
    const world = new RotationWorld({ issuer: 'own' })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'ISSUER_REFUSED' })
  })
})

function checking(answer: (question: unknown) => unknown) {
  const world = new RotationWorld({ checks: true })
  world.aws.messaging.functions.set(ownCheckArn, answer)
  return world
}

describe('a check of the operators’ own', () => {
  test('that allows is asked first, with everything that is known', async () => {
    const asked: unknown[] = []
    const world = checking(question => {
      asked.push(question)
      expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
      return { allowed: true }
    })
    await world.create(world.createEvent())
    expect(asked).toEqual([
      { thingName: thing, jobId: job, executionNumber: 1, certificateId: world.old, csr: firstCsr },
    ])
    expect(world.lastReply).toMatchObject({ verdict: 'create/accepted' })
  })

  test.each([
    ['refuses', () => ({ allowed: false, reason: 'quarantined' }), 'quarantined'],
    ['answers anything else', () => 'yes', 'did not answer'],
  ])('that %s ends the rotation before anything is issued', async (_, answer, why) => {
    const world = checking(answer)
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'CHECK_REFUSED', retryable: false })
    expect(world.lastReply?.['errorMsg']).toContain(why)
    expect(world.aws.count('CreateCertificateFromCsr')).toBe(0)
  })

  test('that throws is asked again by the device, and one that does not exist refuses', async () => {
    const world = checking(() => {
      throw new Error('later')
    })
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'TRY_LATER', retryable: true })
    world.aws.messaging.functions.clear()
    await world.create(world.createEvent())
    expect(world.lastReply).toMatchObject({ code: 'CHECK_REFUSED' })
  })
})

describe('a deployment', () => {
  const { aws } = new RotationWorld()
  const settings = fakeClientSettings(aws)
  const { iot } = fakeClients(aws)

  test('has no check, or that of its environment', async () => {
    expect(await chooseCheck(environmentOf(testVariables))).toBeUndefined()
    const CHECK_FUNCTION_ARN = ownCheckArn
    aws.messaging.functions.set(ownCheckArn, () => ({ allowed: true }))
    const check = await chooseCheck(environmentOf({ ...testVariables, CHECK_FUNCTION_ARN }), settings)
    const question = { thingName: thing, jobId: job, executionNumber: 1, certificateId: 'c', csr: firstCsr }
    expect(await check?.(question)).toBeUndefined()
    expect(aws.calls).toContain('Invoke')
  })

  test('issues by the function of its environment, even where an authority is set', async () => {
    const certificatePem = certificateFor(firstCsr)
    aws.messaging.functions.set(ownIssuerArn, () => ({ certificatePem }))
    const variables = { ...testVariables, PCA_CA_ARN: 'arn', ISSUER_FUNCTION_ARN: ownIssuerArn }
    const times = { now: () => 0, pause: async () => {} }
    const issuer = await chooseIssuer(environmentOf(variables), iot, times, settings, settings)
    expect(await issuer.issue({ thingName: thing, csr: firstCsr, token: 't' })).toMatchObject({
      kind: 'issued',
    })
  })
})
