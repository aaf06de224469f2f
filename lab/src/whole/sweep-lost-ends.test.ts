import { CreateJobCommand, DeleteJobCommand } from '@aws-sdk/client-iot'
import { jobDocumentText } from '@rotator/protocol/names'
import { createRotationJob, describeExecution } from '../operator/jobs.ts'
import type { BareDevice } from './bare-device.ts'
import {
  type BareExecution,
  begin,
  certificatesOf,
  commit,
  create,
  expectActive,
  expectAtRest,
  rotateBare,
  rotateInVain,
  rotateToRest,
  statusOf,
  succeed,
} from './bare-rotation.ts'
import { onTrial } from './begun-rotation.ts'
import { type CloudTrials, test } from './cloud-test.ts'
import { functionNames } from './function-calls.ts'
import { type FunctionEvents, watchEvents } from './function-events.ts'
import { cancel, recordOf, until } from './rotation.ts'
import { confirm, sweepLater } from './sweep-run.ts'
import type { World } from './world.ts'

/** No end of the device's executions is ever heard of: its events wait in a queue that nobody empties. */
function loseEnds(cloud: CloudTrials, { thingName }: BareDevice): FunctionEvents {
  return watchEvents(cloud, thingName, word => word === 'finish')
}

/** The end came, and it was lost. */
async function lost(cloud: CloudTrials, events: FunctionEvents): Promise<void> {
  await events.holdsOne()
  cloud.fired(events.held)
}

const statusOfExecution = async (world: World, { thingName }: BareDevice, jobId: string): Promise<string> =>
  (await describeExecution(world.clients.iot, jobId, thingName)).status

const progressOf = async (world: World, { thingName }: BareDevice): Promise<unknown> =>
  (await recordOf(world, { thingName }))?.['progress']

test('M14: the end of the last job ever is told by the sweep, but not that of one that was cancelled before its device began', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const [asked, queued] = [await cloud.newDevice(), await cloud.newDevice()]
  const events = loseEnds(cloud, asked)
  const { jobId } = await begin(world, asked)
  await cancel(world, jobId)
  await lost(cloud, events)
  const neverBegun = await createRotationJob(world.clients.iot, queued.arn)
  await cancel(world, neverBegun)
  expect(await statusOfExecution(world, queued, neverBegun)).toBe('CANCELED')
  cloud.fired()
  await sweepLater(world)
  await until(
    'a notice',
    () => cloud.toldCodes(asked),
    codes => codes.length === 1,
  )
  expect(cloud.told(asked.thingName)[0]?.attributes['status']?.Value).toBe('CANCELED')
  for (const device of [asked, queued])
    expect(certificatesOf(world, device.thingName).active).toEqual([device.identity.certificateId])
  await sweepLater(world)
  expect(cloud.toldCodes(asked)).toEqual(['ended-without-certificate'])
  expect(cloud.toldCodes(queued)).toEqual([])
  expect(await recordOf(world, queued)).toBeUndefined()
  await rotateToRest(world, queued)
})

test('M14: the lost end of a rotation is settled by the sweep: after SUCCEEDED OLD goes, after FAILED NEW goes', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const [succeeding, failing] = [await cloud.newDevice(), await cloud.newDevice()]
  const events = [loseEnds(cloud, succeeding), loseEnds(cloud, failing)]
  await rotateBare(world, succeeding)
  const { dropped } = await rotateInVain(world, failing)
  for (const one of events) await lost(cloud, one)
  expect(await progressOf(world, succeeding)).toBe('committed')
  expect(await progressOf(world, failing)).toBe('created')
  await sweepLater(world)
  await expectAtRest(world, succeeding)
  await expectAtRest(world, failing)
  expect(statusOf(world, dropped.certificateId)).toBe('gone')
  expect(cloud.toldCodes(succeeding)).toEqual([])
  expect(cloud.toldCodes(failing)).toEqual(['old-kept'])
})

test('C8: a job that is deleted without anybody hearing of it ends as its record says, and operators are told', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const [created, committed] = [await cloud.newDevice(), await cloud.newDevice()]
  const deleted = async (device: BareDevice, { jobId }: BareExecution) => {
    const events = loseEnds(cloud, device)
    await world.clients.iot.send(new DeleteJobCommand({ jobId, force: true }))
    await lost(cloud, events)
  }
  const first = await begin(world, created)
  const dropped = await create(created, first)
  await deleted(created, first)
  const second = await begin(world, committed)
  await committed.use(await create(committed, second))
  await commit(committed, second)
  await deleted(committed, second)
  await sweepLater(world)
  await expectAtRest(world, created)
  expect(statusOf(world, dropped.certificateId)).toBe('gone')
  expect(cloud.toldCodes(created)).toEqual(['old-kept'])
  // The device is the only one who can tell that NEW works: both stay until it says so.
  expect(await progressOf(world, committed)).toBe('held')
  expect(cloud.toldCodes(committed)).toEqual(['both-kept'])
  await confirm(committed, second)
  await expectAtRest(world, committed)
})

test('M8: where SUCCEEDED came too late and nobody heard of the end, the device confirms NEW and OLD goes', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const { device, old, execution: rotation } = await onTrial(cloud)
  const events = loseEnds(cloud, device)
  await commit(device, rotation)
  await cancel(world, rotation.jobId)
  await expect(succeed(device, rotation)).rejects.toThrow()
  await lost(cloud, events)
  await sweepLater(world)
  expect(cloud.toldCodes(device)).toEqual(['both-kept'])
  await expectActive(world, device, [old, device.identity])
  await confirm(device, rotation)
  await expectAtRest(world, device)
  await sweepLater(world)
  expect(cloud.toldCodes(device)).toEqual(['both-kept'])
})

test('M6, C9: a job times out while its end is lost: an uncommitted NEW goes, a committed one is accepted ever after', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const devices = [await cloud.newDevice(), await cloud.newDevice(), await cloud.newDevice()] as const
  const [asking, trying, committed] = devices
  const events = devices.map(device => loseEnds(cloud, device))
  const jobId = 'times-out'
  await world.clients.iot.send(
    new CreateJobCommand({
      jobId,
      targets: devices.map(({ arn }) => arn),
      document: jobDocumentText,
    }),
  )
  const rotation = { jobId, executionNumber: 1 }
  for (const device of devices) await device.report(jobId, 'IN_PROGRESS', { phase: 'ask' })
  const dropped = await create(trying, rotation)
  await committed.use(await create(committed, rotation))
  // Its answer is lost: the device does not know, and asks again after hours.
  await committed.publish('commit', { ...rotation, certificateId: committed.identity.certificateId, turn: 0 })
  await until(
    'a record of the commit',
    async () => progressOf(world, committed),
    progress => progress === 'committed',
  )
  for (const { thingName } of devices) {
    expect(world.cloud.services.jobs.timeOut(thingName, jobId)).toBe(true)
  }
  expect(await Promise.all(devices.map(async device => statusOfExecution(world, device, jobId)))).toEqual([
    'TIMED_OUT',
    'TIMED_OUT',
    'TIMED_OUT',
  ])
  for (const one of events) await lost(cloud, one)
  expect(devices.flatMap(device => cloud.toldCodes(device))).toEqual([])
  await sweepLater(world)
  await expectAtRest(world, trying)
  expect(statusOf(world, dropped.certificateId)).toBe('gone')
  expect(cloud.toldCodes(asking)).toEqual(['ended-without-certificate'])
  expect(cloud.toldCodes(trying)).toEqual(['old-kept'])
  expect(cloud.toldCodes(committed)).toEqual(['both-kept'])
  expect(await commit(committed, rotation)).toMatchObject({ accepted: true })
  expect(certificatesOf(world, committed.thingName).active).toHaveLength(2)
  await confirm(committed, rotation)
  await expectAtRest(world, committed)
})

test('C20: finish dies after it has settled and before it queues, its repeats are lost, and the sweep queues again', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const device = await cloud.newDevice()
  let isDead = false
  const events = watchEvents(cloud, device.thingName, word => word === 'finish' && isDead)
  const death = world.cloud.killAtCall({
    functionName: functionNames.finish,
    callNumber: 1,
    when: 'before',
    matches: ({ name }) => name === 'SendMessageBatch',
  })
  cloud.after(() => death.disarm())
  const { certificateId: old } = device.identity
  const rotating = rotateBare(world, device)
  await death.fired
  isDead = true
  cloud.fired()
  await rotating
  await events.holdsOne()
  expect(await recordOf(world, device)).toMatchObject({ progress: 'settled', retiring: [old] })
  expect(certificatesOf(world, device.thingName).active).toHaveLength(2)
  await sweepLater(world)
  await expectAtRest(world, device)
})
