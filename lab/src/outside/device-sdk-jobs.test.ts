import { AddThingToThingGroupCommand, CreateJobCommand } from '@aws-sdk/client-iot'
import sdk from 'aws-iot-device-sdk-v2'
import { describe } from 'vitest'
import { listen, type MqttVersion } from './device-sdk-connection.ts'
import { test } from './outside-test.ts'
import { connectSdkThing } from './sdk-thing.ts'

const { JobStatus } = sdk.iotjobs.model
const versions: MqttVersion[] = ['MQTT 3.1.1', 'MQTT 5']

// AWS runs this sequence of its SDK against production.
describe.for(versions)('%s', version => {
  test(`device sdk: a job of a thing group is notified, started, described and ended over ${version}`, async ({
    world,
    onTestFinished,
    expect,
  }) => {
    const { iot } = world.clients
    const thing = await connectSdkThing(world, `jobs-${version.replaceAll(/\W/g, '')}`, version)
    onTestFinished(() => thing.close())
    const { thingName, thingGroupName, thingGroupArn, jobs } = thing
    const jobId = `of-${thingGroupName}`
    const document = JSON.stringify({ test: 'do-something' })
    await iot.send(
      new CreateJobCommand({ jobId, targets: [thingGroupArn], document, targetSelection: 'CONTINUOUS' }),
    )
    const changed = await listen(jobs.createJobExecutionsChangedStream({ thingName }))
    const next = await listen(jobs.createNextJobExecutionChangedStream({ thingName }))
    expect(await jobs.getPendingJobExecutions({ thingName })).toMatchObject({
      inProgressJobs: [],
      queuedJobs: [],
    })

    const queued = Promise.all([changed.next(), next.next()])
    await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }))
    const [queuedChange, queuedNext] = await queued
    expect(queuedChange.jobs).toEqual({
      QUEUED: [expect.objectContaining({ jobId, versionNumber: 1, executionNumber: 1 })],
    })
    expect(queuedNext.execution).toMatchObject({
      jobId,
      status: 'QUEUED',
      versionNumber: 1,
      jobDocument: { test: 'do-something' },
    })

    // Starting it is no change of the list: what comes next tells of its end.
    const over = Promise.all([changed.next(), next.next()])
    const started = await jobs.startNextPendingJobExecution({ thingName })
    expect(started.execution).toMatchObject({ jobId, status: 'IN_PROGRESS', versionNumber: 2 })
    const described = await jobs.describeJobExecution({ thingName, jobId })
    expect(described.execution).toMatchObject({ jobId, status: 'IN_PROGRESS' })
    await jobs.updateJobExecution({ thingName, jobId, status: JobStatus.SUCCEEDED })
    const [overChange, overNext] = await over
    expect(overChange.jobs).toEqual({})
    expect(overNext.execution).toBeUndefined()
    // The SDK declares a Date and hands over what is on the wire: seconds since the epoch.
    expect(Number(overNext.timestamp)).toBeCloseTo(Date.now() / 1000, -2)
    expect(await jobs.getPendingJobExecutions({ thingName })).toMatchObject({
      inProgressJobs: [],
      queuedJobs: [],
    })
  })

  test(`device sdk: an update of a wrong version or of an unknown job is rejected by its code over ${version}`, async ({
    world,
    onTestFinished,
    expect,
  }) => {
    const thing = await connectSdkThing(world, `rejected-${version.replaceAll(/\W/g, '')}`, version)
    onTestFinished(() => thing.close())
    const { thingName, jobs } = thing
    const jobId = `of-${thingName}`
    const targets = [world.cloud.services.registry.thingArn(thingName)]
    await world.clients.iot.send(new CreateJobCommand({ jobId, targets, document: '{}' }))
    const update = { thingName, status: JobStatus.IN_PROGRESS }
    await expect(jobs.updateJobExecution({ ...update, jobId, expectedVersion: 99 })).rejects.toMatchObject({
      modeledError: {
        code: 'VersionMismatch',
        executionState: { status: 'QUEUED', versionNumber: 1 },
      },
    })
    await expect(jobs.updateJobExecution({ ...update, jobId: 'unknown' })).rejects.toMatchObject({
      modeledError: { code: 'ResourceNotFound' },
    })
    await expect(
      jobs.updateJobExecution({ thingName, jobId, status: JobStatus.TIMED_OUT }),
    ).rejects.toMatchObject({
      modeledError: { code: 'InvalidRequest' },
    })
  })
})
