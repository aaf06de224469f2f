import { describe, expect, test } from 'vitest'
import type { When } from './testing/fake-aws/fake-aws.ts'
import { otherCsr, RotationWorld, thing, type WorldOptions } from './testing/rotation-world.ts'

type Step = (world: RotationWorld) => Promise<unknown>

/** An event as AWS Lambda delivers it: what throws comes again. */
async function untilHandled(handle: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await handle()
      return
    } catch {
      // As an asynchronous invocation: tried again.
    }
  }
  throw new Error('the event went to the dead letters')
}

/** A device that asks again until it is accepted. */
async function untilAccepted(world: RotationWorld, ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await untilHandled(ask)
    if (String(world.lastReply?.['verdict']).endsWith('accepted')) return
  }
  throw new Error(`never accepted: ${JSON.stringify(world.lastReply)}`)
}

const untilDrained = (world: RotationWorld): Promise<void> => world.drainAll()

const create: Step = world => untilAccepted(world, () => world.create(world.createEvent()))
const commit: Step = world => untilAccepted(world, () => world.commit(world.commitEvent(world.new)))
const succeed: Step = world => untilHandled(() => world.end('succeeded'))
const fail: Step = world => untilHandled(() => world.end('failed'))
const timeOut: Step = world => untilHandled(() => world.end('timed_out'))
const confirm: Step = world =>
  untilAccepted(world, () => world.commit(world.commitEvent(world.new, { confirmed: true })))
const rotation: Step[] = [create, commit, succeed, untilDrained]
const confirmedRotation: Step[] = [create, commit, timeOut, confirm, untilDrained]
const failedRotation: Step[] = [create, fail, untilDrained]

async function run(
  steps: Step[],
  before: (world: RotationWorld) => void = () => {},
  options?: WorldOptions,
): Promise<RotationWorld> {
  const world = new RotationWorld(options)
  before(world)
  for (const step of steps) await step(world)
  return world
}

/** What nobody refers to any more can do nothing: it has no thing and no policy. */
function expectNothingLeft(world: RotationWorld, keep: string): void {
  expect(world.usable).toEqual([keep])
  expect(world.record).toMatchObject({ progress: 'settled', keep, retiring: [] })
  for (const [id, { policies }] of world.aws.iot.certificates) {
    if (id === keep) continue
    expect(world.aws.iot.attached(thing)).not.toContain(id)
    expect(policies.size).toBe(0)
  }
}

describe.each<When>(['before', 'after'])('a call that fails %s it takes effect', when => {
  const callsOf = async (steps: Step[]) =>
    (await run(steps)).aws.calls.map((call, index) => [index, call] as const)

  test('C1, C2: at every call of a rotation, the repeat carries on and NEW stays', async () => {
    const calls = await callsOf(rotation)
    expect(calls.length).toBeGreaterThan(20)
    for (const [index] of calls) {
      const world = await run(rotation, ({ aws }) => aws.failCall(index, when))
      expect(world.aws.failuresFired).toBe(1)
      expectNothingLeft(world, world.new)
      expect(world.aws.messaging.notifications).toEqual([])
    }
  })

  test('C1, C2: at every call of a rotation that is confirmed after its time, NEW stays', async () => {
    const calls = await callsOf(confirmedRotation)
    for (const [index] of calls) {
      const world = await run(confirmedRotation, ({ aws }) => aws.failCall(index, when))
      expect(world.aws.failuresFired).toBe(1)
      expectNothingLeft(world, world.new)
      expect(world.aws.messaging.notifications.length).toBeGreaterThanOrEqual(1)
    }
  })

  test('C7: at every call of a rotation by AWS Private CA, one certificate is issued and registered', async () => {
    const options: WorldOptions = { issuer: 'private-ca' }
    const { length } = (await run(rotation, undefined, options)).aws.calls
    expect(length).toBeGreaterThan(22)
    for (let index = 0; index < length; index += 1) {
      const world = await run(rotation, ({ aws }) => aws.failCall(index, when), options)
      expect(world.aws.failuresFired).toBe(1)
      expectNothingLeft(world, world.new)
      expect(world.aws.privateCa.issued.size).toBe(1)
      expect([...world.aws.iot.certificates.keys()]).toEqual([world.new])
      expect(world.aws.messaging.notifications).toEqual([])
    }
  })

  test('C1, C2: at every call of a rotation that fails, OLD stays and the operators know', async () => {
    const calls = await callsOf(failedRotation)
    for (const [index] of calls) {
      const world = await run(failedRotation, ({ aws }) => aws.failCall(index, when))
      expect(world.aws.failuresFired).toBe(1)
      expectNothingLeft(world, world.old)
      expect(world.aws.messaging.notifications.length).toBeGreaterThanOrEqual(1)
    }
  })
})

describe('what a rotation costs', () => {
  const controlPlane = /Certificate|Principal|Polic|DescribeJobExecution/u

  test('at most 11 control-plane and Jobs calls and 22 in all, once a record exists', async () => {
    const world = await run([])
    await world.rotate()
    await untilDrained(world)
    const first = world.aws.calls.length
    const second = { jobId: 'J2', executionNumber: 1 }
    world.setExecution(1, 'IN_PROGRESS', 'J2')
    await world.create(world.createEvent({ ...second, csr: otherCsr, principal: world.new }))
    await world.commit(world.commitEvent(world.new, second))
    world.setExecution(1, 'SUCCEEDED', 'J2')
    const statusDetails = { CertificateRotator: 'true', certificateId: world.new }
    await world.finish(world.endedEvent('succeeded', { jobId: 'J2', statusDetails }))
    await untilDrained(world)
    const calls = world.aws.calls.slice(first)
    expect(world.usable).toEqual([world.new])
    expect(calls.filter(call => controlPlane.test(call))).toHaveLength(11)
    // One before a certificate is made, one before another goes.
    expect(calls.filter(call => call === 'ListThingPrincipalsV2')).toHaveLength(2)
    expect(calls.length).toBeLessThanOrEqual(22)
  })

  test('the first rotation of a thing costs a few more: its certificate is described and its record is made', async () => {
    const world = await run(rotation)
    expect(world.aws.count('DescribeCertificate')).toBe(1)
    expect(world.aws.calls.length).toBeLessThanOrEqual(26)
  })
})
