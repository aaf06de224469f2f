import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  DescribeJobCommand,
  ListJobExecutionsForJobCommand,
} from '@aws-sdk/client-iot'
import { UpdateJobExecutionCommand } from '@aws-sdk/client-iot-jobs-data-plane'
import { createRotationJob, describeExecution } from '../operator/jobs.ts'
import { createThingGroup } from '../operator/registry.ts'
import { commit, create, expectAtRest, goOverTo } from './bare-rotation.ts'
import { onTrial } from './begun-rotation.ts'
import { test } from './cloud-test.ts'
import { until } from './rotation.ts'

test('what ran out of time after a switch is tried again by itself, and rotates', async ({
  cloud,
  expect,
}) => {
  const { world } = cloud
  const { device, execution: first } = await onTrial(cloud)
  expect(await commit(device, first)).toMatchObject({ accepted: true })
  expect(world.cloud.services.jobs.timeOut(device.thingName, first.jobId)).toBe(true)
  await until(
    'the operators to hear of it',
    () => cloud.told(device.thingName),
    ({ length }) => length === 1,
  )
  await device.report(first.jobId, 'IN_PROGRESS', { phase: 'ask' })
  const second = { ...first, executionNumber: 2 }
  await goOverTo(device, second, await create(device, second))
  await expectAtRest(world, device)
})

test('a job stops where a fifth of its first twenty devices failed, and what has begun may finish', async ({
  cloud: { world },
  expect,
}) => {
  const { iot, jobs } = world.clients
  const group = await createThingGroup(iot, 'systemic')
  const things = Array.from({ length: 20 }, (_, n) => `systemic-${n}`)
  for (const thingName of things) {
    await iot.send(new CreateThingCommand({ thingName }))
    await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'systemic' }))
  }
  const jobId = await createRotationJob(iot, group)
  const executions = async () =>
    (await iot.send(new ListJobExecutionsForJobCommand({ jobId }))).executionSummaries ?? []
  await until('all to be told', executions, ({ length }) => length === things.length)
  const failing = things.slice(0, 4)
  const [begun = ''] = things.slice(4)
  const report = (thingName: string, status: 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED') =>
    jobs.send(new UpdateJobExecutionCommand({ jobId, thingName, status }))
  for (const thingName of [...failing, begun]) await report(thingName, 'IN_PROGRESS')
  for (const thingName of failing) {
    expect((await iot.send(new DescribeJobCommand({ jobId }))).job?.status).toBe('IN_PROGRESS')
    await report(thingName, 'FAILED')
  }
  expect((await iot.send(new DescribeJobCommand({ jobId }))).job?.status).toBe('CANCELED')
  await report(begun, 'SUCCEEDED')
  const statuses = await Promise.all(
    things.map(async thingName => (await describeExecution(iot, jobId, thingName)).status),
  )
  expect(statuses).toEqual([...Array(4).fill('FAILED'), 'SUCCEEDED', ...Array(15).fill('CANCELED')])
})
