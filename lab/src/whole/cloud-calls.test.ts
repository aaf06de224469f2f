import type { CallFault } from '@rotator/local-cloud/api/call-hooks'
import { describe } from 'vitest'
import type { BareDevice } from './bare-device.ts'
import { expectAtRest, rotateBare } from './bare-rotation.ts'
import { type CloudTrials, testAlone as test } from './cloud-test.ts'
import {
  type CallLists,
  failCall,
  functionNames,
  functionWords,
  internalFailure,
  recordCalls,
  throttled,
} from './function-calls.ts'
import type { World } from './world.ts'

const mostTries = 5

/** A thing that rotates for the first time has no record yet; the second time, it has. */
const rotations = ['first', 'second'] as const

async function rotateToRest(world: World, device: BareDevice): Promise<void> {
  await rotateBare(world, device)
  await expectAtRest(world, device)
}

/** The calls of an undisturbed first and second rotation. */
async function observedCalls(cloud: CloudTrials): Promise<Record<(typeof rotations)[number], CallLists>> {
  const { world } = cloud
  const device = await cloud.newDevice()
  const first = recordCalls(world)
  await rotateToRest(world, device)
  first.stop()
  const second = recordCalls(world)
  await rotateToRest(world, device)
  second.stop()
  await device.end()
  return { first: first.calls, second: second.calls }
}

const most = (calls: CallLists): number => Math.max(...functionWords.map(word => calls[word].length))

/** In one rotation, each function meets the fault at its n-th call; n goes over all of them. */
async function throughAllCalls(
  cloud: CloudTrials,
  disturb: (calls: CallLists, callNumber: number, rotate: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const observed = await observedCalls(cloud)
  const longest = Math.max(...rotations.map(rotation => most(observed[rotation])))
  for (let callNumber = 1; callNumber <= longest; callNumber += 1) {
    const device = await cloud.newDevice()
    for (const rotation of rotations) {
      await disturb(observed[rotation], callNumber, async () => rotateToRest(cloud.world, device))
    }
    await device.end()
  }
}

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
      await throughAllCalls(cloud, async (calls, callNumber, rotate) => {
        const words = functionWords.filter(word => callNumber <= calls[word].length)
        const kills = words.map(word =>
          cloud.world.cloud.killAtCall({ functionName: functionNames[word], callNumber, when }),
        )
        await rotate()
        for (const kill of kills) {
          await kill.fired
          cloud.fired()
        }
      })
    },
  )

  test.for(faults)(
    'C1: each call of each function fails %s, and the rotation succeeds',
    { timeout: 240_000 },
    async ([, tries, fault], { cloud, expect }) => {
      await throughAllCalls(cloud, async (calls, callNumber, rotate) => {
        const words = functionWords.filter(word => callNumber <= calls[word].length)
        const armed = words.map(word => failCall(cloud.world, { word, callNumber, tries, fault }))
        await rotate()
        for (const [index, each] of armed.entries()) {
          each.stop()
          // What takes effect though it fails can end the rotation before it is tried for the last time.
          expect(each.fired, `${words[index]} at call ${callNumber}`).toBeGreaterThan(0)
          cloud.fired(each.fired)
        }
      })
    },
  )

  test('C3: with every second call of every function throttled, the rotation is slower and nothing is lost', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const met = new Set<string>()
    let count = 0
    const stop = world.cloud.api.interfere(call => {
      if (call.caller.accessKeyId === 'operator') return undefined
      count += 1
      if (count % 2 === 0) return undefined
      met.add(call.name)
      cloud.fired()
      return { when: 'before', answer: throttled }
    })
    await rotateToRest(world, device)
    stop()
    expect(met.size).toBeGreaterThan(8)
  })
})
