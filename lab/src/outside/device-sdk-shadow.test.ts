import { describe } from 'vitest'
import { listen, type MqttVersion } from './device-sdk-connection.ts'
import { test } from './outside-test.ts'
import { connectSdkThing } from './sdk-thing.ts'

const versions: MqttVersion[] = ['MQTT 3.1.1', 'MQTT 5']
const shadowName = 'settings'

describe.for(versions)('%s', version => {
  const testName = version.replaceAll(/\W/g, '')

  test(`device sdk: a named shadow that does not exist is told by code and text over ${version}`, async ({
    world,
    onTestFinished,
    expect,
  }) => {
    const thing = await connectSdkThing(world, `missing-${testName}`, version)
    onTestFinished(() => thing.close())
    const { thingName, shadows } = thing
    await expect(shadows.getNamedShadow({ thingName, shadowName })).rejects.toMatchObject({
      modeledError: { code: 404, message: `No shadow exists with name: '${thingName}~${shadowName}'` },
    })
  })

  test(`device sdk: a named shadow is written, read, and deleted, its versions going on over ${version}`, async ({
    world,
    onTestFinished,
    expect,
  }) => {
    const thing = await connectSdkThing(world, `written-${testName}`, version)
    onTestFinished(() => thing.close())
    const { thingName, shadows } = thing
    const of = { thingName, shadowName }
    const written = await shadows.updateNamedShadow({ ...of, state: { reported: { color: 'green' } } })
    expect(written).toMatchObject({ version: 1, state: { reported: { color: 'green' } } })
    expect(await shadows.getNamedShadow(of)).toMatchObject({
      version: 1,
      state: { reported: { color: 'green' } },
      metadata: { reported: { color: { timestamp: expect.any(Number) } } },
    })
    await shadows.deleteNamedShadow(of)
    await expect(shadows.getNamedShadow(of)).rejects.toMatchObject({ modeledError: { code: 404 } })
    const again = await shadows.updateNamedShadow({ ...of, state: { reported: { color: 'red' } } })
    expect(again.version).toBeGreaterThan(1)
  })

  test(`device sdk: an update of a version that is past is refused with 409 over ${version}`, async ({
    world,
    onTestFinished,
    expect,
  }) => {
    const thing = await connectSdkThing(world, `conflict-${testName}`, version)
    onTestFinished(() => thing.close())
    const { thingName, shadows } = thing
    const of = { thingName, shadowName }
    await shadows.updateNamedShadow({ ...of, state: { reported: { color: 'green' } } })
    await shadows.updateNamedShadow({ ...of, state: { reported: { color: 'blue' } }, version: 1 })
    await expect(
      shadows.updateNamedShadow({ ...of, state: { reported: { color: 'red' } }, version: 1 }),
    ).rejects.toMatchObject({ modeledError: { code: 409, message: 'Version conflict' } })
    expect(await shadows.getNamedShadow(of)).toMatchObject({
      version: 2,
      state: { reported: { color: 'blue' } },
    })
  })

  test(`device sdk: what is desired and not yet reported comes as a delta over ${version}`, async ({
    world,
    onTestFinished,
    expect,
  }) => {
    const thing = await connectSdkThing(world, `delta-${testName}`, version)
    onTestFinished(() => thing.close())
    const { thingName, shadows } = thing
    const of = { thingName, shadowName }
    const deltas = await listen(shadows.createNamedShadowDeltaUpdatedStream(of))
    const updates = await listen(shadows.createNamedShadowUpdatedStream(of))
    const told = Promise.all([deltas.next(), updates.next()])
    await shadows.updateNamedShadow({
      ...of,
      state: { desired: { color: 'blue', size: 1 }, reported: { color: 'green', size: 1 } },
    })
    const [delta, documents] = await told
    expect(delta).toMatchObject({ version: 1, state: { color: 'blue' } })
    expect(delta.state).not.toHaveProperty('size')
    expect(documents.current).toMatchObject({
      version: 1,
      state: { desired: { color: 'blue', size: 1 }, reported: { color: 'green', size: 1 } },
    })
  })
})
