import { describe, expect, test } from 'vitest'
import { type JobsWorld, jobsWorld, thingArn } from '../testing/jobs-world.ts'
import { refusal } from '../testing/refusal.ts'

const now = Date.UTC(2026, 0, 1) / 1000
const jobArn = 'arn:aws:iot:us-east-1:123456789012:job/J1'

const report = (world: JobsWorld, status: string, thingName = 'dev1') =>
  world.device(thingName).publish(`$aws/things/${thingName}/jobs/J1/update`, { status })

const ofJob = { params: { jobId: 'J1' } }
const ofExecution = { params: { jobId: 'J1', thingName: 'dev1' } }
const force = { query: { force: 'true' } }

describe('CreateJob', () => {
  test('answers ARN, id and description', () => {
    const world = jobsWorld()
    expect(world.createJob('J1', { description: 'rotate' })).toEqual({
      jobArn,
      jobId: 'J1',
      description: 'rotate',
    })
  })

  test('a job id is taken once', () => {
    const world = jobsWorld()
    world.createJob('J1')
    expect(refusal(() => world.createJob('J1'))).toBe('409 ResourceAlreadyExistsException')
  })

  test.for([
    [{ targets: undefined }, '400 InvalidRequestException'],
    [{ targets: [] }, '400 InvalidRequestException'],
    [{ targets: ['dev1'] }, '400 InvalidRequestException'],
    [{ targets: [7] }, '400 InvalidRequestException'],
    [{ targets: ['arn:aws:iot:eu-west-1:123456789012:thing/dev1'] }, '400 InvalidRequestException'],
    [{ targets: Array.from({ length: 101 }, () => thingArn('dev1')) }, '400 InvalidRequestException'],
    [{ targets: [thingArn('ghost')] }, '404 ResourceNotFoundException'],
    [{ targets: ['arn:aws:iot:us-east-1:123456789012:thinggroup/ghosts'] }, '404 ResourceNotFoundException'],
    [{ document: undefined }, '400 InvalidRequestException'],
    [{ document: 'no JSON' }, '400 InvalidRequestException'],
    [{ document: '[]' }, '400 InvalidRequestException'],
    [{ document: JSON.stringify({ a: 'x'.repeat(32_768) }) }, '400 InvalidRequestException'],
    [
      { document: '{"url":"${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}"}' },
      '400 InvalidRequestException',
    ],
    [{ documentSource: 'https://s3.amazonaws.com/b/k' }, '400 InvalidRequestException'],
    [{ namespaceId: 'n' }, '400 InvalidRequestException'],
    [{ targetSelection: 'SOMETIMES' }, '400 InvalidRequestException'],
    [{ description: 7 }, '400 InvalidRequestException'],
    [
      { jobTemplateArn: 'arn:aws:iot:us-east-1:123456789012:jobtemplate/none' },
      '404 ResourceNotFoundException',
    ],
    [{ timeoutConfig: { inProgressTimeoutInMinutes: 0 } }, '400 InvalidRequestException'],
    [{ timeoutConfig: { inProgressTimeoutInMinutes: 10_081 } }, '400 InvalidRequestException'],
    [{ timeoutConfig: 5 }, '400 InvalidRequestException'],
    [{ presignedUrlConfig: { expiresInSec: 59 } }, '400 InvalidRequestException'],
    [{ jobExecutionsRolloutConfig: { maximumPerMinute: 1001 } }, '400 InvalidRequestException'],
    [{ jobExecutionsRolloutConfig: { maximumPerMinute: '10' } }, '400 InvalidRequestException'],
    [{ jobExecutionsRolloutConfig: { exponentialRate: {} } }, '400 InvalidRequestException'],
    [{ jobExecutionsRetryConfig: { criteriaList: [] } }, '400 InvalidRequestException'],
  ] as const)('%j is refused with %s and makes no job', ([body, expected]) => {
    const world = jobsWorld()
    expect(refusal(() => world.createJob('J1', body))).toBe(expected)
    expect(refusal(() => world.call('DescribeJob', ofJob))).toBe('404 ResourceNotFoundException')
  })

  const exponential = (more: object) => ({
    jobExecutionsRolloutConfig: {
      exponentialRate: {
        baseRatePerMinute: 10,
        incrementFactor: 1.5,
        rateIncreaseCriteria: { numberOfNotifiedThings: 5 },
        ...more,
      },
    },
  })
  const abort = (more: object) => ({
    abortConfig: {
      criteriaList: [
        {
          failureType: 'ALL',
          action: 'CANCEL',
          thresholdPercentage: 12.34,
          minNumberOfExecutedThings: 1,
          ...more,
        },
      ],
    },
  })
  const retry = (...numbers: number[]) => ({
    jobExecutionsRetryConfig: {
      criteriaList: numbers.map(numberOfRetries => ({ failureType: 'FAILED', numberOfRetries })),
    },
  })

  test.for([
    [exponential({}), 'accepted'],
    [exponential({ incrementFactor: 1 }), '400 InvalidRequestException'],
    [exponential({ incrementFactor: 5.1 }), '400 InvalidRequestException'],
    [exponential({ incrementFactor: 1.55 }), '400 InvalidRequestException'],
    [exponential({ rateIncreaseCriteria: 5 }), '400 InvalidRequestException'],
    [exponential({ rateIncreaseCriteria: { numberOfNotifiedThings: 0 } }), '400 InvalidRequestException'],
    [abort({}), 'accepted'],
    [abort({ thresholdPercentage: 100.01 }), '400 InvalidRequestException'],
    [abort({ thresholdPercentage: 12.345 }), '400 InvalidRequestException'],
    [abort({ action: 'STOP' }), '400 InvalidRequestException'],
    [abort({ failureType: 'SUCCEEDED' }), '400 InvalidRequestException'],
    [abort({ minNumberOfExecutedThings: 0 }), '400 InvalidRequestException'],
    [retry(10), 'accepted'],
    [retry(5, 5), 'accepted'],
    [retry(11), '400 InvalidRequestException'],
    [retry(5, 6), '400 InvalidRequestException'],
    [retry(1, 1, 1), '400 InvalidRequestException'],
  ] as const)('the bounds of the configuration: %j is %s', ([body, expected]) => {
    expect(refusal(() => jobsWorld().createJob('J1', body))).toBe(expected)
  })

  test.for(['with space', 'a/b', 'x'.repeat(65)])('the job id %j is refused', jobId => {
    expect(refusal(() => jobsWorld().createJob(jobId))).toBe('400 InvalidRequestException')
  })

  test('members that are not known are ignored', () => {
    expect(refusal(() => jobsWorld().createJob('J1', { somethingNew: { a: 1 } }))).toBe('accepted')
  })
})

describe('describing jobs', () => {
  test('DescribeJob gives back the configuration as it was given, with the counts of things', () => {
    const world = jobsWorld()
    const configuration = {
      timeoutConfig: { inProgressTimeoutInMinutes: 5 },
      jobExecutionsRolloutConfig: { maximumPerMinute: 100 },
      presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/r', expiresInSec: 60 },
      abortConfig: {
        criteriaList: [
          {
            failureType: 'FAILED',
            action: 'CANCEL',
            thresholdPercentage: 50.5,
            minNumberOfExecutedThings: 10,
          },
        ],
      },
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 2 }] },
    }
    world.createJob('J1', {
      ...configuration,
      description: 'rotate',
      targets: ['dev1', 'dev2'].map(thingArn),
    })
    world.clock.advance(1250)
    report(world, 'IN_PROGRESS')
    expect(world.call('DescribeJob', ofJob)).toEqual({
      job: {
        jobArn,
        jobId: 'J1',
        targetSelection: 'SNAPSHOT',
        status: 'IN_PROGRESS',
        createdAt: now,
        lastUpdatedAt: now,
        isConcurrent: false,
        forceCanceled: false,
        targets: ['dev1', 'dev2'].map(thingArn),
        description: 'rotate',
        ...configuration,
        jobProcessDetails: {
          numberOfCanceledThings: 0,
          numberOfSucceededThings: 0,
          numberOfFailedThings: 0,
          numberOfRejectedThings: 0,
          numberOfQueuedThings: 1,
          numberOfInProgressThings: 1,
          numberOfRemovedThings: 0,
          numberOfTimedOutThings: 0,
        },
      },
    })
  })

  test('GetJobDocument answers the text as it was given', () => {
    const world = jobsWorld()
    const document = '{ "operation" : "ROTATE_CERTIFICATE" }'
    world.createJob('J1', { document })
    expect(world.call('GetJobDocument', ofJob)).toEqual({ document })
  })

  test('ListJobs answers the newest first, by status, selection and group, in pages', () => {
    const world = jobsWorld()
    world.registry.addGroup('fleet').join('dev1', 'fleet')
    for (const jobId of ['J1', 'J2']) world.createJob(jobId)
    world.createJob('J3', { targets: [world.registry.groupArn('fleet')], targetSelection: 'CONTINUOUS' })
    world.call('CancelJob', ofJob)
    const ids = (query: Record<string, string>) => {
      const answer = world.call('ListJobs', { query }) as { jobs: { jobId: string }[]; nextToken?: string }
      return { ids: answer.jobs.map(({ jobId }) => jobId), next: answer.nextToken }
    }
    expect(ids({}).ids).toEqual(['J3', 'J2', 'J1'])
    expect(ids({ status: 'CANCELED' }).ids).toEqual(['J1'])
    expect(ids({ targetSelection: 'CONTINUOUS' }).ids).toEqual(['J3'])
    expect(ids({ thingGroupName: 'fleet' }).ids).toEqual(['J3'])
    const first = ids({ maxResults: '2' })
    expect(first.ids).toEqual(['J3', 'J2'])
    expect(ids({ maxResults: '2', nextToken: first.next ?? '' })).toEqual({ ids: ['J1'], next: undefined })
  })

  test.for([
    'DescribeJob',
    'GetJobDocument',
    'UpdateJob',
    'CancelJob',
    'DeleteJob',
    'ListJobExecutionsForJob',
  ])('%s of an unknown job is ResourceNotFoundException', name => {
    expect(refusal(() => jobsWorld().call(name, ofJob))).toBe('404 ResourceNotFoundException')
  })
})

describe('UpdateJob', () => {
  test('replaces what it names, and executions that start later follow it', () => {
    const world = jobsWorld()
    world.createJob('J1', {
      timeoutConfig: { inProgressTimeoutInMinutes: 1 },
      targets: ['dev1', 'dev2'].map(thingArn),
    })
    report(world, 'IN_PROGRESS')
    world.call('UpdateJob', {
      ...ofJob,
      body: { description: 'new', timeoutConfig: { inProgressTimeoutInMinutes: 5 } },
    })
    report(world, 'IN_PROGRESS', 'dev2')
    world.clock.advance(60_000)
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: {
        description: 'new',
        timeoutConfig: { inProgressTimeoutInMinutes: 5 },
        jobProcessDetails: { numberOfTimedOutThings: 1, numberOfInProgressThings: 1 },
      },
    })
  })

  test('is refused for a job that is over', () => {
    const world = jobsWorld()
    world.createJob('J1')
    report(world, 'SUCCEEDED')
    expect(refusal(() => world.call('UpdateJob', { ...ofJob, body: { description: 'x' } }))).toBe(
      '400 InvalidRequestException',
    )
  })
})

describe('CancelJob', () => {
  function started() {
    const world = jobsWorld()
    world.createJob('J1', { targets: ['dev1', 'dev2'].map(thingArn) })
    report(world, 'IN_PROGRESS')
    return world
  }

  test('without force cancels what is queued and leaves what is in progress', () => {
    const world = started()
    const body = { reasonCode: 'WRONG', comment: 'wrong firmware' }
    expect(world.call('CancelJob', { ...ofJob, body })).toMatchObject({ jobArn, jobId: 'J1' })
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: {
        status: 'CANCELED',
        forceCanceled: false,
        ...body,
        jobProcessDetails: { numberOfCanceledThings: 1, numberOfInProgressThings: 1 },
      },
    })
  })

  test('with force cancels both, and says so of the execution', () => {
    const world = started()
    world.call('CancelJob', { ...ofJob, ...force })
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: { status: 'CANCELED', forceCanceled: true, jobProcessDetails: { numberOfCanceledThings: 2 } },
    })
    expect(world.call('DescribeJobExecution', ofExecution)).toMatchObject({
      execution: { forceCanceled: true },
    })
    expect(report(world, 'SUCCEEDED')[0]?.body).toMatchObject({
      code: 'InvalidStateTransition',
      executionState: { status: 'CANCELED' },
    })
  })

  test('of a cancelled job with force ends what is still in progress', () => {
    const world = started()
    world.call('CancelJob', ofJob)
    world.call('CancelJob', { ...ofJob, ...force })
    expect(world.call('DescribeJobExecution', ofExecution)).toMatchObject({
      execution: { status: 'CANCELED' },
    })
  })

  test('is refused for a completed job', () => {
    const world = jobsWorld()
    world.createJob('J1')
    report(world, 'SUCCEEDED')
    expect(refusal(() => world.call('CancelJob', ofJob))).toBe('400 InvalidRequestException')
  })
})

describe('DeleteJob', () => {
  test('without force is refused until the job is over', () => {
    const world = jobsWorld()
    world.createJob('J1')
    expect(refusal(() => world.call('DeleteJob', ofJob))).toBe('409 InvalidStateTransitionException')
    report(world, 'SUCCEEDED')
    world.call('DeleteJob', ofJob)
    expect(refusal(() => world.call('DescribeJob', ofJob))).toBe('404 ResourceNotFoundException')
    expect(world.call('ListJobs')).toEqual({ jobs: [] })
  })

  test('with force takes the executions in progress away too', () => {
    const world = jobsWorld()
    world.createJob('J1')
    report(world, 'IN_PROGRESS')
    world.call('DeleteJob', { ...ofJob, ...force })
    expect(report(world, 'SUCCEEDED')[0]?.body).toMatchObject({ code: 'ResourceNotFound' })
    expect(world.call('ListJobExecutionsForThing', { params: { thingName: 'dev1' } })).toEqual({
      executionSummaries: [],
    })
  })

  test('ends the rollout', () => {
    const world = jobsWorld()
    world.createJob('J1', {
      targets: ['dev1', 'dev2'].map(thingArn),
      jobExecutionsRolloutConfig: { maximumPerMinute: 1 },
    })
    world.call('DeleteJob', { ...ofJob, ...force })
    world.drain()
    world.clock.advance(120_000)
    expect(world.drain()).toEqual([])
  })

  test('a deleted job is not timed out afterwards, and its id can be used again', () => {
    const world = jobsWorld()
    world.createJob('J1', { timeoutConfig: { inProgressTimeoutInMinutes: 1 } })
    report(world, 'IN_PROGRESS')
    world.call('DeleteJob', { ...ofJob, ...force })
    world.createJob('J1')
    world.clock.advance(120_000)
    expect(world.call('DescribeJobExecution', ofExecution)).toMatchObject({
      execution: { status: 'QUEUED', executionNumber: 1 },
    })
  })
})

describe('executions of the control plane', () => {
  test('DescribeJobExecution has its details in a map, its thing as ARN, and works for every status', () => {
    const world = jobsWorld()
    world.createJob('J1', { timeoutConfig: { inProgressTimeoutInMinutes: 5 } })
    world.clock.advance(500)
    world
      .device('dev1')
      .publish('$aws/things/dev1/jobs/J1/update', { status: 'IN_PROGRESS', statusDetails: { a: 'b' } })
    const execution = {
      jobId: 'J1',
      status: 'IN_PROGRESS',
      forceCanceled: false,
      statusDetails: { detailsMap: { a: 'b' } },
      thingArn: thingArn('dev1'),
      queuedAt: now,
      startedAt: now + 0.5,
      lastUpdatedAt: now + 0.5,
      executionNumber: 1,
      versionNumber: 2,
      approximateSecondsBeforeTimedOut: 300,
    }
    expect(world.call('DescribeJobExecution', ofExecution)).toEqual({ execution })
    world.clock.advance(500)
    report(world, 'SUCCEEDED')
    expect(
      world.call('DescribeJobExecution', { ...ofExecution, query: { executionNumber: '1' } }),
    ).toMatchObject({
      execution: { status: 'SUCCEEDED', versionNumber: 3, lastUpdatedAt: now + 1 },
    })
  })

  test('unknown executions are ResourceNotFoundException, and a number that is none InvalidRequestException', () => {
    const world = jobsWorld()
    world.createJob('J1')
    const described = (thingName: string, executionNumber: string) =>
      refusal(() =>
        world.call('DescribeJobExecution', {
          params: { jobId: 'J1', thingName },
          query: { executionNumber },
        }),
      )
    expect(described('dev2', '1')).toBe('404 ResourceNotFoundException')
    expect(described('dev1', '2')).toBe('404 ResourceNotFoundException')
    expect(described('dev1', 'one')).toBe('400 InvalidRequestException')
  })

  test('ListJobExecutionsForJob answers the latest of each thing, by status', () => {
    const world = jobsWorld()
    world.createJob('J1', { targets: ['dev1', 'dev2'].map(thingArn) })
    report(world, 'SUCCEEDED')
    const list = (query: Record<string, string>) => world.call('ListJobExecutionsForJob', { ...ofJob, query })
    expect(list({})).toMatchObject({
      executionSummaries: [{ thingArn: thingArn('dev1') }, { thingArn: thingArn('dev2') }],
    })
    expect(list({ status: 'SUCCEEDED' })).toEqual({
      executionSummaries: [
        {
          thingArn: thingArn('dev1'),
          jobExecutionSummary: {
            status: 'SUCCEEDED',
            queuedAt: now,
            lastUpdatedAt: now,
            executionNumber: 1,
            retryAttempt: 0,
          },
        },
      ],
    })
    expect(refusal(() => list({ status: 'DONE' }))).toBe('400 InvalidRequestException')
    expect(refusal(() => list({ maxResults: '0' }))).toBe('400 InvalidRequestException')
    expect(refusal(() => list({ nextToken: 'nonsense' }))).toBe('400 InvalidRequestException')
  })

  test('ListJobExecutionsForThing answers the newest first, by status and job', () => {
    const world = jobsWorld()
    for (const jobId of ['J1', 'J2']) world.createJob(jobId)
    report(world, 'FAILED')
    const ids = (query: Record<string, string>) =>
      (
        world.call('ListJobExecutionsForThing', { params: { thingName: 'dev1' }, query }) as {
          executionSummaries: { jobId: string }[]
        }
      ).executionSummaries.map(({ jobId }) => jobId)
    expect(ids({})).toEqual(['J2', 'J1'])
    expect(ids({ status: 'FAILED' })).toEqual(['J1'])
    expect(ids({ jobId: 'J2' })).toEqual(['J2'])
  })

  test('ListJobExecutionsForThing of a thing that never was is refused, of a deleted one it is answered', () => {
    const world = jobsWorld()
    const list = (thingName: string) =>
      refusal(() => world.call('ListJobExecutionsForThing', { params: { thingName } }))
    world.createJob('J1')
    world.registry.deleteThing('dev1')
    expect(list('ghost')).toBe('404 ResourceNotFoundException')
    expect(list('dev1')).toBe('accepted')
  })

  test('CancelJobExecution ends a queued one; one in progress needs force', () => {
    const world = jobsWorld()
    world.createJob('J1')
    report(world, 'IN_PROGRESS')
    const cancel = (more: object = {}) =>
      refusal(() => world.call('CancelJobExecution', { ...ofExecution, ...more }))
    expect(cancel()).toBe('409 InvalidStateTransitionException')
    expect(cancel({ ...force, body: { expectedVersion: 1 } })).toBe('409 VersionConflictException')
    expect(cancel({ ...force, body: { expectedVersion: 2, statusDetails: { why: 'stop' } } })).toBe(
      'accepted',
    )
    expect(world.call('DescribeJobExecution', ofExecution)).toMatchObject({
      execution: { status: 'CANCELED', forceCanceled: true, statusDetails: { detailsMap: { why: 'stop' } } },
    })
    expect(cancel(force)).toBe('409 InvalidStateTransitionException')
  })

  test('CancelJobExecution refuses details that are none', () => {
    const world = jobsWorld()
    world.createJob('J1')
    const body = { statusDetails: { 'a b': 'c' } }
    expect(refusal(() => world.call('CancelJobExecution', { ...ofExecution, body }))).toBe(
      '400 InvalidRequestException',
    )
  })

  test('DeleteJobExecution forgets one that has ended; a pending one needs force', () => {
    const world = jobsWorld()
    world.createJob('J1', { targets: ['dev1', 'dev2'].map(thingArn) })
    const remove = (thingName: string, query: Record<string, string> = {}) =>
      refusal(() =>
        world.call('DeleteJobExecution', { params: { jobId: 'J1', thingName, executionNumber: '1' }, query }),
      )
    expect(remove('dev1')).toBe('409 InvalidStateTransitionException')
    report(world, 'SUCCEEDED')
    expect(remove('dev1')).toBe('accepted')
    expect(remove('dev1')).toBe('404 ResourceNotFoundException')
    expect(remove('dev2', { force: 'true' })).toBe('accepted')
    expect(world.device('dev2').publish('$aws/things/dev2/jobs/get', {})[0]?.body).toMatchObject({
      queuedJobs: [],
    })
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: {
        status: 'COMPLETED',
        jobProcessDetails: { numberOfSucceededThings: 0, numberOfQueuedThings: 0 },
      },
    })
  })

  test('after the deletion of a retry the attempt before it is the latest', () => {
    const world = jobsWorld()
    world.createJob('J1', {
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 1 }] },
    })
    report(world, 'FAILED')
    world.call('DeleteJobExecution', { params: { ...ofExecution.params, executionNumber: '2' }, ...force })
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: { status: 'COMPLETED', jobProcessDetails: { numberOfFailedThings: 1, numberOfQueuedThings: 0 } },
    })
    expect(world.call('DescribeJobExecution', ofExecution)).toMatchObject({
      execution: { executionNumber: 1 },
    })
  })
})
