import type { MessageFault, Passage } from '@rotator/local-cloud/mqtt/broker-state'
import { test as plainTest } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { run, type Trialled, until } from './rotation.ts'
import { type DeviceOptions, openWorld } from './world.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** How often the fault that the test is named for really happened in it. */
    fired?: number
  }
}

/** What a test of a fault does to one device; everything is undone after the test. */
export interface Trials {
  /** A new device, running. */
  start(options?: DeviceOptions): Promise<Trialled>
  /** A new device that is not started yet. */
  make(options?: DeviceOptions): Promise<Device>
  /** Starts a device that was made, or stopped, before. */
  run(device: Device): Trialled
  /**
   * Lets a fault decide over the first `most` messages that match; each counts as fired. The test fails where there was
   * none: it would have passed without its fault.
   */
  meet(matches: (passage: Passage) => boolean, fault: MessageFault, most?: number): void
  /** Counts the messages that match, and shows each to the test. */
  watch(matches: (passage: Passage) => boolean, show?: (passage: Passage) => void): { readonly count: number }
  /** Settles with the next message that matches. */
  seen(matches: (passage: Passage) => boolean): Promise<Passage>
  /** Publishes to whoever is subscribed, as the cloud does; what is no text is sent as JSON. */
  tell(topic: string, payload: unknown): void
  /** Waits until the one cut of a device has happened. */
  cut(device: Device): Promise<void>
  /** Counts a fault that the test itself brought about, and throws where it says that there was none. */
  fired(times?: number): void
}

/** Tests of the whole product: a cloud for the file, and devices as real processes. */
export const test = plainTest
  .extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
    const world = await openWorld()
    onCleanup(async () => world.close())
    return world
  })
  .extend('trials', async ({ world, task }, { onCleanup }) => {
    const devices: Trialled[] = []
    const stops: (() => void)[] = []
    const idle = new Set<Error>()
    onCleanup(async () => {
      for (const stop of stops) stop()
      await Promise.all(devices.map(async device => device.stop()))
      const [error] = idle
      // A test that failed before its fault could strike has a better error already.
      if (error !== undefined && task.result?.errors === undefined) throw error
    })
    const fired = (times = 1) => countFired(task.meta, times)
    const start = (device: Device): Trialled => {
      const trialled = run(device)
      devices.push(trialled)
      return trialled
    }
    const meet: Trials['meet'] = (matches, fault, most = 1) => {
      task.meta.fired ??= 0
      let met = 0
      const error = neverStruck(fault, meet)
      idle.add(error)
      const stop = world.cloud.services.broker.interfere((passage, deliver) => {
        if (met >= most || !matches(passage)) return deliver()
        met += 1
        idle.delete(error)
        fired()
        return fault(passage, deliver)
      })
      stops.push(stop)
    }
    const watch: Trials['watch'] = (matches, show) => {
      const seen = { count: 0 }
      const stop = world.cloud.services.broker.interfere((passage, deliver) => {
        if (matches(passage)) {
          seen.count += 1
          show?.(passage)
        }
        deliver()
      })
      stops.push(stop)
      return seen
    }
    const trials: Trials = {
      fired,
      meet,
      watch,
      seen: async matches => new Promise(resolve => void watch(matches, resolve)),
      tell: (topic, payload) => {
        const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
        world.cloud.services.broker.publish({
          topic,
          payload: Buffer.from(text),
          qos: 1,
          source: { kind: 'service' },
        })
      },
      cut: async device => {
        await until(
          'the cut',
          () => world.cutsLeft(device),
          left => left === 0,
        )
      },
      make: async options => world.newDevice(options),
      start: async options => start(await world.newDevice(options)),
      run: start,
    }
    return trials
  })

export function countFired(meta: { fired?: number }, times: number): void {
  if (times < 1) throw new Error('A fault was to be counted that never struck. Let the test bring it about.')
  meta.fired = (meta.fired ?? 0) + times
}

/** Its stack leads to the line that asked for the fault: what it matches has no name. */
function neverStruck({ name }: MessageFault, below: Trials['meet']): Error {
  const what = name === '' ? 'The fault' : `The fault '${name}'`
  const error = new Error(
    `${what} that is asked for at the top of this stack met no message. Let its condition match what really passes the broker, or remove it.`,
  )
  Error.captureStackTrace(error, below)
  return error
}

/** A message on a topic of one device, in or out of the broker. */
export const passing =
  (device: Pick<Device, 'thingName'>, direction: 'in' | 'out', topicEnd: string, text = '') =>
  (passage: Passage): boolean =>
    passage.direction === direction &&
    passage.topic.includes(`/${device.thingName}/`) &&
    passage.topic.endsWith(topicEnd) &&
    passage.payload.includes(text)

export const lose: MessageFault = () => undefined

export const twice: MessageFault = (_passage, deliver) => {
  deliver()
  deliver()
}
