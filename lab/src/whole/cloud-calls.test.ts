import { setImmediate } from 'node:timers/promises'
import { DeleteJobCommand } from '@aws-sdk/client-iot'
import type { CallFault, ObservedCall } from '@rotator/local-cloud/api/call-hooks'
import type { ArmedFault } from '@rotator/local-cloud/lambda/call-faults'
import { describe, expect } from 'vitest'
import type { BareDevice } from './bare-device.ts'
import { expectAtRest, rotateInVain, rotateToRest } from './bare-rotation.ts'
import { type CloudTrials, testAlone as test } from './cloud-test.ts'
import {
  callerOf,
  failCall,
  functionNames,
  functionWords,
  internalFailure,
  recordCalls,
  throttled,
} from './function-calls.ts'
import { watchEvents } from './function-events.ts'
import { until } from './rotation.ts'
import { sweepLater } from './sweep-run.ts'

const mostTries = 5

/** A device whose rotation failed, without the backend hearing of it, and the job. */
async function loseEnd(cloud: CloudTrials): Promise<{ device: BareDevice; jobId: string }> {
  const device = await cloud.newDevice()
  const events = watchEvents(cloud, device.thingName, word => word === 'finish')
  const { jobId } = await rotateInVain(cloud.world, device)
  await events.holdsOne()
  return { device, jobId }
}

/** A sweep looks at every job there is, at its slow pace. */
async function forget({ world }: CloudTrials, { device, jobId }: Awaited<ReturnType<typeof loseEnd>>) {
  await world.clients.iot.send(new DeleteJobCommand({ jobId, force: true }))
  await device.end()
}

/** What every rotation makes each function call, at the least. */
const leastCalls: Readonly<Record<(typeof functionWords)[number], number>> = {
  create: 9,
  commit: 4,
  finish: 3,
  retire: 5,
}
const manyCalls = 40

/**
 * In one rotation, each function meets the fault at its n-th call; n grows until no function makes so many.
 *
 * @param disturb tells of each function whether the fault met it
 */
async function throughAllCalls(
  cloud: CloudTrials,
  disturb: (
    callNumber: number,
    rotate: () => Promise<unknown>,
  ) => Promise<Record<(typeof functionWords)[number], boolean>>,
): Promise<void> {
  const met = { create: 0, commit: 0, finish: 0, retire: 0 }
  for (let callNumber = 1, isOver = false; !isOver; callNumber += 1) {
    if (callNumber > manyCalls) throw new Error(`A rotation took more than ${manyCalls} calls of a function.`)
    isOver = true
    const device = await cloud.newDevice()
    // A thing that rotates for the first time has no record yet; the second time, it has.
    for (const _rotation of ['first', 'second']) {
      const struck = await disturb(callNumber, async () => rotateToRest(cloud.world, device))
      for (const word of functionWords) {
        if (!struck[word]) continue
        isOver = false
        met[word] += 1
        cloud.fired()
      }
    }
    await device.end()
  }
  const tooFew = functionWords.filter(word => met[word] < 2 * leastCalls[word])
  expect({ tooFew, met }).toEqual({ tooFew: [], met })
}

async function hasStruck(kill: ArmedFault): Promise<boolean> {
  kill.disarm()
  return Promise.race([kill.fired.then(() => true), setImmediate(false)])
}

const forEachFunction = async <T>(
  make: (word: (typeof functionWords)[number]) => T | Promise<T>,
): Promise<Record<(typeof functionWords)[number], T>> => ({
  create: await make('create'),
  commit: await make('commit'),
  finish: await make('finish'),
  retire: await make('retire'),
})

const faults: [string, number, CallFault][] = [
  ['once before it takes effect', 1, { when: 'before', answer: internalFailure }],
  ['once after it took effect', 1, { when: 'after', answer: 'drop' }],
  ['for as long as it is tried', mostTries, { when: 'before', answer: internalFailure }],
  [
    'for as long as it is tried, though it takes effect',
    mostTries,
    { when: 'after', answer: internalFailure },
  ],
]

describe.concurrent('a rotation in a cloud that fails', () => {
  test.for(['before', 'after'] as const)(
    'C2: each function killed at each of its calls, %s it takes effect, and the rotation succeeds',
    { timeout: 240_000 },
    async (when, { cloud }) => {
      await throughAllCalls(cloud, async (callNumber, rotate) => {
        const kills = await forEachFunction(word =>
          cloud.world.cloud.killAtCall({ functionName: functionNames[word], callNumber, when }),
        )
        await rotate()
        return forEachFunction(async word => hasStruck(kills[word]))
      })
    },
  )

  test.for(faults)(
    'C1: each call of each function fails %s, and the rotation succeeds',
    { timeout: 240_000 },
    async ([, tries, fault], { cloud }) => {
      await throughAllCalls(cloud, async (callNumber, rotate) => {
        const armed = await forEachFunction(word => failCall(cloud.world, { word, callNumber, tries, fault }))
        await rotate()
        for (const word of functionWords) armed[word].stop()
        return forEachFunction(word => armed[word].fired > 0)
      })
    },
  )

  test.for(['before', 'after'] as const)(
    'C2: the sweep killed at each of its calls, %s it takes effect, and the next one does what is left',
    { timeout: 240_000 },
    async (when, { cloud, expect }) => {
      const { world } = cloud
      const observed = recordCalls(world)
      const first = await loseEnd(cloud)
      await sweepLater(world)
      observed.stop()
      await forget(cloud, first)
      const { length } = observed.calls.sweep
      let struck = 0
      for (let callNumber = 1; callNumber <= length; callNumber += 1) {
        const lost = await loseEnd(cloud)
        const { device } = lost
        const kill = world.cloud.killAtCall({ functionName: functionNames.sweep, callNumber, when })
        // The scheduled sweep may be at work too, and meet the fault in place of this one.
        await sweepLater(world).catch(() => undefined)
        if (await hasStruck(kill)) struck += 1
        await sweepLater(world)
        await expectAtRest(world, device)
        await until(
          'news of the end',
          () => cloud.told(device.thingName),
          ({ length: news }) => news > 0,
        )
        await forget(cloud, lost)
      }
      cloud.fired(struck)
      expect(struck).toBeGreaterThan(3)
    },
  )

  test('C3: with the first call of every function to every API throttled, the rotation is slower and nothing is lost', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const keyOf = (call: ObservedCall) => `${callerOf(world, call)} ${call.name}`
    const called = new Set<string>()
    const refused = new Set<string>()
    const answered = new Set<string>()
    cloud.after(
      world.cloud.observe(event => {
        if (event.kind !== 'call' || callerOf(world, event.call) === undefined) return
        const { errorCode } = event.call
        if (errorCode === throttled.code) refused.add(keyOf(event.call))
        else answered.add(keyOf(event.call))
      }),
    )
    const stop = world.cloud.api.interfere(call => {
      if (callerOf(world, call) === undefined || called.has(keyOf(call))) return undefined
      called.add(keyOf(call))
      cloud.fired()
      return { when: 'before', answer: throttled }
    })
    await rotateToRest(world, device)
    stop()
    const words = new Set([...called].map(key => key.split(' ')[0]))
    expect(functionWords.filter(word => !words.has(word))).toEqual([])
    expect(refused).toEqual(called)
    expect(answered).toEqual(called)
  })
})
