import type { SnsMessage } from '@rotator/local-cloud/sns/message'
import { test as plainTest } from 'vitest'
import { type BareDevice, bareDevice } from './bare-device.ts'
import { hideTakenRetirements } from './taken-retirements.ts'
import { countFired } from './trial-test.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'

/** What a test of a fault of the cloud has: a cloud, and devices that are scripts. */
export interface CloudTrials {
  world: World
  newDevice: () => Promise<BareDevice>
  /** What the operators were told of a thing. */
  told(thingName: string): SnsMessage[]
  /** By which codes they were told so. */
  toldCodes(device: BareDevice): (string | undefined)[]
  /** Counts the fault, and throws where it says that there was none. */
  fired(times?: number): void
  /** Called after the test, last one first. */
  after: (undo: () => void) => void
}

/**
 * Tests in one cloud for the file: faults are told apart by the thing that they meet.
 *
 * @param options of a cloud with another backend than the usual one
 */
export const cloudTest = (options?: WorldOptions) =>
  plainTest
    .extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
      const world = await openCloud(options)
      onCleanup(async () => world.close())
      return world
    })
    .extend('cloud', async ({ world, task }, { onCleanup }) => trialsIn(world, task.meta, onCleanup))

export const test = cloudTest()

/** Tests with a cloud for each, for faults that meet whoever is there. */
export const testAlone = plainTest.extend('cloud', async ({ task }, { onCleanup }) => {
  const world = await openCloud()
  return trialsIn(world, task.meta, undo =>
    onCleanup(async () => {
      await undo()
      await world.close()
    }),
  )
})

async function openCloud(options?: WorldOptions): Promise<World> {
  const world = await openWorld({ component: false, ...options })
  hideTakenRetirements(world, 1)
  return world
}

function trialsIn(
  world: World,
  meta: { fired?: number },
  onCleanup: (undo: () => Promise<void>) => void,
): CloudTrials {
  const devices: BareDevice[] = []
  const undoing: (() => void)[] = []
  const notices: SnsMessage[] = []
  undoing.push(
    world.cloud.observe(event => {
      if (event.kind === 'notification') notices.push(event.message)
    }),
  )
  onCleanup(async () => {
    for (const undo of undoing.toReversed()) undo()
    await Promise.all(devices.map(async device => device.end()))
  })
  const told = (thingName: string) => notices.filter(({ message }) => message.startsWith(`${thingName}:`))
  return {
    world,
    newDevice: async () => {
      const device = await bareDevice(world)
      devices.push(device)
      return device
    },
    told,
    toldCodes: ({ thingName }) => told(thingName).map(({ attributes }) => attributes['code']?.Value),
    fired: (times = 1) => countFired(meta, times),
    after: undo => void undoing.push(undo),
  }
}
