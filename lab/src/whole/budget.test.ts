import type { FinishedCall } from '@rotator/local-cloud/api/call-hooks'
import { type BudgetedCall, countOf, holdCalls, type Plane, rotationCalls } from '../budget/rotation-calls.ts'
import { backendTemplate } from '../world/artifacts.ts'
import { expectAtRest, rotateBare } from './bare-rotation.ts'
import { type CloudTrials, cloudTest, test } from './cloud-test.ts'
import { callerOf } from './function-calls.ts'
import type { World } from './world.ts'

const testOfHold = cloudTest({ template: async () => backendTemplate('hold', { RetireHoldInSeconds: '1' }) })

const planes: Readonly<Record<string, Plane>> = {
  iot: 'control',
  'iot-jobs-data': 'jobs',
  iotdata: 'data',
  sns: 'queue',
  sqs: 'queue',
}

/** Every call that a function makes from now on, also the SDK's own repeats: they count against the quotas. */
function countCalls(world: World): { rows: () => BudgetedCall[]; stop(): void } {
  const counts = new Map<string, BudgetedCall>()
  const count = (call: FinishedCall) => {
    const by = callerOf(world, call)
    const plane = planes[call.service]
    // The sweep has its own pace, far below the quotas, and looks at nothing of a rotation that goes well.
    if (by === undefined || by === 'sweep') return
    if (plane === undefined) throw new Error(`The plane of ${call.service} is not known.`)
    const key = `${by} ${call.name}`
    counts.set(key, { by, name: call.name, plane, times: (counts.get(key)?.times ?? 0) + 1 })
  }
  const stop = world.cloud.observe(event => event.kind === 'call' && count(event.call))
  return { rows: () => [...counts.values()], stop }
}

const total = (calls: readonly BudgetedCall[]): number => calls.reduce((sum, { times }) => sum + times, 0)

const inOrder = (calls: readonly BudgetedCall[]): BudgetedCall[] =>
  calls.toSorted((a, b) => `${a.by} ${a.name}`.localeCompare(`${b.by} ${b.name}`))

/** Both tables as one. */
function sumOf(calls: readonly BudgetedCall[]): BudgetedCall[] {
  const alike = Map.groupBy(calls, ({ by, name }) => `${by} ${name}`)
  return [...alike.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [{ ...first, times: total([first, ...more]) }],
  )
}

/** The calls of a rotation of a thing that has rotated before. */
async function callsOfRotation({ world, newDevice }: CloudTrials): Promise<BudgetedCall[]> {
  const device = await newDevice()
  await rotateBare(world, device)
  await expectAtRest(world, device)
  const counted = countCalls(world)
  await rotateBare(world, device)
  await expectAtRest(world, device)
  counted.stop()
  return counted.rows()
}

test('a rotation costs the calls of its budget, each as often as that says', async ({ cloud, expect }) => {
  const rows = await callsOfRotation(cloud)
  expect(inOrder(rows)).toEqual(inOrder(rotationCalls))
  // The bounds themselves, so that a row more in the table is seen too; ADR 17 says why the first is not ten.
  expect(countOf(rows, 'control', 'jobs')).toBeLessThanOrEqual(11)
  expect(countOf(rows, 'control', 'jobs', 'data', 'queue')).toBeLessThanOrEqual(22)
})

testOfHold('a hold adds what its table says, and no call of the control plane', async ({ cloud, expect }) => {
  const rows = await callsOfRotation(cloud)
  expect(inOrder(rows)).toEqual(inOrder(sumOf([...rotationCalls, ...holdCalls])))
  expect(countOf(rows, 'control', 'jobs')).toBeLessThanOrEqual(11)
})
