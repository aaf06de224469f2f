import {
  AddThingToThingGroupCommand,
  AssociateTargetsWithJobCommand,
  CancelJobCommand,
  CancelJobExecutionCommand,
  CreateJobCommand,
  CreateJobTemplateCommand,
  CreateThingGroupCommand,
  DeleteJobCommand,
  DeleteJobExecutionCommand,
  DeleteJobTemplateCommand,
  DescribeEventConfigurationsCommand,
  DescribeJobCommand,
  DescribeJobExecutionCommand,
  DescribeJobTemplateCommand,
  GetJobDocumentCommand,
  InvalidStateTransitionException,
  IoTClient,
  ListJobExecutionsForJobCommand,
  ListJobExecutionsForThingCommand,
  ListJobsCommand,
  ListJobTemplatesCommand,
  RemoveThingFromThingGroupCommand,
  ResourceNotFoundException,
  UpdateEventConfigurationsCommand,
  UpdateJobCommand,
  VersionConflictException,
} from '@aws-sdk/client-iot'
import {
  InvalidStateTransitionException as DataPlaneInvalidStateTransition,
  DescribeJobExecutionCommand as DescribeOwnExecutionCommand,
  GetPendingJobExecutionsCommand,
  IoTJobsDataPlaneClient,
  StartNextPendingJobExecutionCommand,
  TerminalStateException,
  UpdateJobExecutionCommand,
} from '@aws-sdk/client-iot-jobs-data-plane'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DeviceCloud, heard, startDeviceCloud } from '../testing/device-cloud.ts'

const prefix = '$aws/things/dev1/jobs'
const document = '{"operation":"ROTATE_CERTIFICATE"}'
const thingArn = 'arn:aws:iot:us-east-1:123456789012:thing/dev1'

let cloud: DeviceCloud
let iot: IoTClient
let jobsData: IoTJobsDataPlaneClient

beforeEach(async () => {
  cloud = await startDeviceCloud()
  iot = new IoTClient(cloud.settings)
  jobsData = new IoTJobsDataPlaneClient(cloud.settings)
})

afterEach(async () => {
  iot.destroy()
  jobsData.destroy()
  await cloud.stop()
})

describe('with the SDK, the broker and the registry', () => {
  test('the sequence by which AWS tests its own device SDK: a thing joins the group of a continuous job', async () => {
    const device = cloud.connectDevice('dev1')
    const ask = (rest: string, body: object) => {
      device.publish(`${prefix}/${rest}`, JSON.stringify(body))
      return heard(device)
    }
    const { thingGroupArn } = await iot.send(new CreateThingGroupCommand({ thingGroupName: 'fleet' }))
    await iot.send(
      new CreateJobCommand({
        jobId: 'J1',
        targets: [thingGroupArn ?? ''],
        targetSelection: 'CONTINUOUS',
        document,
      }),
    )
    expect(ask('get', { clientToken: 'a' })).toMatchObject([
      { topic: `${prefix}/get/accepted`, body: { clientToken: 'a', inProgressJobs: [], queuedJobs: [] } },
    ])
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'fleet', thingName: 'dev1' }))
    expect(heard(device)).toMatchObject([
      { topic: `${prefix}/notify`, body: { jobs: { QUEUED: [{ jobId: 'J1', versionNumber: 1 }] } } },
      { topic: `${prefix}/notify-next`, body: { execution: { jobId: 'J1', status: 'QUEUED' } } },
    ])
    expect(ask('start-next', { clientToken: 'b' })).toMatchObject([
      { topic: `${prefix}/start-next/accepted`, body: { clientToken: 'b', execution: { jobId: 'J1' } } },
    ])
    expect(ask('J1/get', {})).toMatchObject([{ body: { execution: { status: 'IN_PROGRESS' } } }])
    const [accepted, notify, notifyNext, ...more] = ask('J1/update', {
      status: 'SUCCEEDED',
      clientToken: 'c',
    })
    expect(more).toEqual([])
    expect(accepted).toMatchObject({ topic: `${prefix}/J1/update/accepted`, body: { clientToken: 'c' } })
    expect(notify).toEqual({ topic: `${prefix}/notify`, body: { timestamp: expect.any(Number), jobs: {} } })
    expect(notifyNext).toEqual({ topic: `${prefix}/notify-next`, body: { timestamp: expect.any(Number) } })
    expect(ask('get', {})).toMatchObject([{ body: { inProgressJobs: [], queuedJobs: [] } }])
    await iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName: 'fleet', thingName: 'dev1' }))
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'fleet', thingName: 'dev1' }))
    expect(heard(device)).toMatchObject([
      { topic: `${prefix}/notify`, body: { jobs: { QUEUED: [{ executionNumber: 2 }] } } },
      { topic: `${prefix}/notify-next` },
    ])
  })

  test('replies of Jobs reach the requester alone, notifications every subscriber', async () => {
    const device = cloud.connectDevice('dev1')
    const other = cloud.connect(cloud.device(), { clientId: 'operator' })
    other.subscribe(`${prefix}/#`)
    device.publish(`${prefix}/get`, '{}')
    expect(heard(device)).toHaveLength(1)
    expect(heard(other)).toEqual([])
    await iot.send(new CreateJobCommand({ jobId: 'J1', targets: [thingArn], document }))
    expect(heard(other).map(({ topic }) => topic)).toEqual([`${prefix}/notify`, `${prefix}/notify-next`])
  })

  test('a job from a template runs to its end by the data plane, and its events are told', async () => {
    const device = cloud.connectDevice('dev1')
    device.subscribe('$aws/events/#')
    await iot.send(
      new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB_EXECUTION: { Enabled: true } } }),
    )
    const described = await iot.send(new DescribeEventConfigurationsCommand({}))
    expect(described.eventConfigurations).toMatchObject({
      JOB: { Enabled: false },
      JOB_EXECUTION: { Enabled: true },
    })
    expect(described.lastModifiedDate?.getTime()).toBe(cloud.clock.now())
    const { jobTemplateArn } = await iot.send(
      new CreateJobTemplateCommand({
        jobTemplateId: 'Rotate',
        description: 'Rotates.',
        document,
        timeoutConfig: { inProgressTimeoutInMinutes: 5 },
      }),
    )
    await iot.send(
      new CreateJobCommand({ jobId: 'J1', targets: [thingArn], jobTemplateArn: jobTemplateArn ?? '' }),
    )
    heard(device)
    const pending = await jobsData.send(new GetPendingJobExecutionsCommand({ thingName: 'dev1' }))
    expect(pending).toMatchObject({ inProgressJobs: [], queuedJobs: [{ jobId: 'J1', executionNumber: 1 }] })
    const { execution } = await jobsData.send(
      new StartNextPendingJobExecutionCommand({
        thingName: 'dev1',
        statusDetails: { CertificateRotator: 'true' },
      }),
    )
    expect(execution).toMatchObject({
      status: 'IN_PROGRESS',
      jobDocument: document,
      approximateSecondsBeforeTimedOut: 300,
    })
    const next = await jobsData.send(new DescribeOwnExecutionCommand({ thingName: 'dev1', jobId: '$next' }))
    expect(next.execution).toMatchObject({ jobId: 'J1', versionNumber: 2 })
    const update = { thingName: 'dev1', jobId: 'J1', status: 'SUCCEEDED' } as const
    const updated = await jobsData.send(
      new UpdateJobExecutionCommand({ ...update, expectedVersion: 2, includeJobExecutionState: true }),
    )
    expect(updated.executionState).toMatchObject({ status: 'SUCCEEDED', versionNumber: 3 })
    const told = heard(device).filter(({ topic }) => topic.startsWith('$aws/events/job'))
    expect(told).toMatchObject([
      {
        topic: '$aws/events/jobExecution/J1/succeeded',
        body: { thingArn, status: 'SUCCEEDED', statusDetails: { CertificateRotator: 'true' } },
      },
    ])
    await expect(jobsData.send(new UpdateJobExecutionCommand(update))).rejects.toThrow(
      DataPlaneInvalidStateTransition,
    )
    await expect(
      jobsData.send(new DescribeOwnExecutionCommand({ thingName: 'dev1', jobId: 'J1' })),
    ).rejects.toThrow(TerminalStateException)
  })

  test('every operation of the control plane is understood by the SDK', async () => {
    cloud.connectDevice('dev1')
    await iot.send(
      new CreateJobCommand({ jobId: 'J1', targets: [thingArn], document, targetSelection: 'CONTINUOUS' }),
    )
    const { job } = await iot.send(new DescribeJobCommand({ jobId: 'J1' }))
    expect(job).toMatchObject({ status: 'IN_PROGRESS', jobProcessDetails: { numberOfQueuedThings: 1 } })
    expect(job?.createdAt?.getTime()).toBe(cloud.clock.now())
    expect((await iot.send(new GetJobDocumentCommand({ jobId: 'J1' }))).document).toBe(document)
    await iot.send(new UpdateJobCommand({ jobId: 'J1', description: 'new' }))
    await iot.send(new AssociateTargetsWithJobCommand({ jobId: 'J1', targets: [thingArn] }))
    expect((await iot.send(new ListJobsCommand({ status: 'IN_PROGRESS' }))).jobs).toMatchObject([
      { jobId: 'J1' },
    ])
    const ofExecution = { jobId: 'J1', thingName: 'dev1' }
    const cancel = new CancelJobExecutionCommand({ ...ofExecution, expectedVersion: 9 })
    await expect(iot.send(cancel)).rejects.toThrow(VersionConflictException)
    await iot.send(
      new CancelJobExecutionCommand({ ...ofExecution, expectedVersion: 1, statusDetails: { why: 'stop' } }),
    )
    const { execution } = await iot.send(
      new DescribeJobExecutionCommand({ ...ofExecution, executionNumber: 1 }),
    )
    expect(execution).toMatchObject({
      status: 'CANCELED',
      thingArn,
      statusDetails: { detailsMap: { why: 'stop' } },
    })
    const ofJob = await iot.send(new ListJobExecutionsForJobCommand({ jobId: 'J1' }))
    expect(ofJob.executionSummaries).toMatchObject([
      { thingArn, jobExecutionSummary: { status: 'CANCELED' } },
    ])
    const ofThing = await iot.send(
      new ListJobExecutionsForThingCommand({ thingName: 'dev1', status: 'CANCELED' }),
    )
    expect(ofThing.executionSummaries).toMatchObject([{ jobId: 'J1' }])
    await iot.send(new DeleteJobExecutionCommand({ ...ofExecution, executionNumber: 1 }))
    await expect(iot.send(new DescribeJobExecutionCommand(ofExecution))).rejects.toThrow(
      ResourceNotFoundException,
    )
    await expect(iot.send(new DeleteJobCommand({ jobId: 'J1' }))).rejects.toThrow(
      InvalidStateTransitionException,
    )
    await iot.send(new CancelJobCommand({ jobId: 'J1', comment: 'enough', force: true }))
    await iot.send(new DeleteJobCommand({ jobId: 'J1' }))
    await expect(iot.send(new DescribeJobCommand({ jobId: 'J1' }))).rejects.toThrow(ResourceNotFoundException)
  })

  test('job templates are understood by the SDK', async () => {
    const abortConfig = {
      criteriaList: [
        {
          failureType: 'ALL',
          action: 'CANCEL',
          thresholdPercentage: 20,
          minNumberOfExecutedThings: 5,
        } as const,
      ],
    }
    await iot.send(
      new CreateJobTemplateCommand({ jobTemplateId: 'T', description: 'd', document, abortConfig }),
    )
    const template = await iot.send(new DescribeJobTemplateCommand({ jobTemplateId: 'T' }))
    expect(template).toMatchObject({ description: 'd', document, abortConfig })
    expect(template.createdAt?.getTime()).toBe(cloud.clock.now())
    expect((await iot.send(new ListJobTemplatesCommand({}))).jobTemplates).toMatchObject([
      { jobTemplateId: 'T' },
    ])
    await iot.send(new DeleteJobTemplateCommand({ jobTemplateId: 'T' }))
    const gone = iot.send(new DescribeJobTemplateCommand({ jobTemplateId: 'T' }))
    await expect(gone).rejects.toThrow(ResourceNotFoundException)
  })
})
