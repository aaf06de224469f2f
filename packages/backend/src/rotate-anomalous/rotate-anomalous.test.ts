import { describe, expect, test } from 'vitest'
import { TriggerWorld } from '../testing/trigger-world.ts'

describe('a violation', () => {
  test('orders the rotation of its thing', async () => {
    const world = new TriggerWorld()
    world.addThing('dev1', { ageDays: 1 })
    await world.violated({ thingName: 'dev1' })
    expect(world.ordered).toEqual([['dev1']])
    expect(world.aws.triggers.ordered[0]).toMatchObject({
      jobId: expect.stringMatching(/^AWSLabsCertificateRotator-anomaly-[0-9a-f]{30}$/u),
      description: 'Violation 37e18651d207bbc74236c13faf146127 of the security profile cores',
    })
  })

  test('orders it once, however often it is told, and after the rotation is over too', async () => {
    const world = new TriggerWorld()
    world.addThing('dev1')
    await world.violated({ thingName: 'dev1' })
    world.aws.data.executions.delete('dev1')
    await world.violated({ thingName: 'dev1' })
    expect(world.ordered).toEqual([['dev1']])
    await world.violated({ thingName: 'dev1', violationId: 'another-one' })
    expect(world.ordered).toEqual([['dev1'], ['dev1']])
  })

  test.each(['alarm-cleared', 'alarm-invalidated'])(
    'that is over (%s) orders nothing',
    async violationEventType => {
      const world = new TriggerWorld()
      world.addThing('dev1')
      await world.violated({ thingName: 'dev1', violationEventType })
      expect(world.aws.calls).toEqual([])
    },
  )

  test('of a client that is no registered thing, or of a thing of others, orders nothing', async () => {
    const world = new TriggerWorld()
    world.addThing('sensor', { group: 'sensors' })
    await world.violated({ thingName: 'nobody' })
    await world.violated({ thingName: 'sensor', violationId: 'another-one' })
    await world.violated({ thingName: 'a client/with odd signs' })
    expect(world.ordered).toEqual([])
    expect(world.leftOut).toEqual(['it is no member of cores', 'it is no member of cores'])
    expect(world.lines.at(-1)).toMatchObject({ event: 'notification-not-understood' })
  })

  test('orders nothing for a day after a rotation that failed', async () => {
    const world = new TriggerWorld()
    world.addThing('dev1')
    const document = '{"operation":"ROTATE_CERTIFICATE"}'
    const failed = { jobId: 'J1', executionNumber: 1, status: 'FAILED', document, updatedAtMs: world.nowMs }
    world.aws.data.setExecution('dev1', failed)
    await world.violated({ thingName: 'dev1' })
    expect(world.ordered).toEqual([])
    expect(world.leftOut).toEqual(['a rotation of it has failed lately'])
    world.nowMs += 86_400_000
    await world.violated({ thingName: 'dev1' })
    expect(world.ordered).toEqual([['dev1']])
  })

  test('orders nothing while a rotation of the thing is open', async () => {
    const world = new TriggerWorld()
    world.addThing('dev1')
    await world.violated({ thingName: 'dev1' })
    await world.violated({ thingName: 'dev1', violationId: 'another-one' })
    expect(world.ordered).toEqual([['dev1']])
  })
})
