import { describe, expect, test } from 'vitest'
import { documentText, jobsWorld, thingArn } from '../testing/jobs-world.ts'
import { refusal } from '../testing/refusal.ts'

const jobTemplateArn = 'arn:aws:iot:us-east-1:123456789012:jobtemplate/Rotate'
const configuration = {
  timeoutConfig: { inProgressTimeoutInMinutes: 5 },
  jobExecutionsRolloutConfig: {
    maximumPerMinute: 100,
    exponentialRate: {
      baseRatePerMinute: 50,
      incrementFactor: 1.5,
      rateIncreaseCriteria: { numberOfSucceededThings: 10 },
    },
  },
  jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 2 }] },
  abortConfig: {
    criteriaList: [
      { failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 5 },
    ],
  },
}

function setUp() {
  const world = jobsWorld()
  const create = (body: Record<string, unknown> = {}, jobTemplateId = 'Rotate') =>
    world.call('CreateJobTemplate', {
      params: { jobTemplateId },
      body: { description: 'Rotates.', document: documentText, ...configuration, ...body },
    })
  return { world, create, ofTemplate: { params: { jobTemplateId: 'Rotate' } } }
}

describe('job templates', () => {
  test('are described as they were created', () => {
    const { world, create, ofTemplate } = setUp()
    expect(create()).toEqual({ jobTemplateArn, jobTemplateId: 'Rotate' })
    expect(world.call('DescribeJobTemplate', ofTemplate)).toEqual({
      jobTemplateArn,
      jobTemplateId: 'Rotate',
      description: 'Rotates.',
      createdAt: world.clock.now() / 1000,
      document: documentText,
      ...configuration,
    })
  })

  test('are listed by name and description', () => {
    const { world, create } = setUp()
    create()
    create({ description: 'Other.' }, 'Other')
    expect(world.call('ListJobTemplates')).toEqual({
      jobTemplates: [
        {
          jobTemplateArn,
          jobTemplateId: 'Rotate',
          description: 'Rotates.',
          createdAt: world.clock.now() / 1000,
        },
        expect.objectContaining({ jobTemplateId: 'Other', description: 'Other.' }),
      ],
    })
  })

  test('have ids that are taken once, and are gone when deleted', () => {
    const { world, create, ofTemplate } = setUp()
    create()
    expect(refusal(create)).toBe('409 ConflictException')
    world.call('DeleteJobTemplate', ofTemplate)
    expect(refusal(() => world.call('DescribeJobTemplate', ofTemplate))).toBe('404 ResourceNotFoundException')
    expect(refusal(() => world.call('DeleteJobTemplate', ofTemplate))).toBe('404 ResourceNotFoundException')
    expect(refusal(create)).toBe('accepted')
  })

  test.for([
    [{ description: undefined }, '400 InvalidRequestException'],
    [{ document: undefined }, '400 InvalidRequestException'],
    [{ document: 'no JSON' }, '400 InvalidRequestException'],
    [{ documentSource: 'https://s3.amazonaws.com/b/k' }, '400 InvalidRequestException'],
    [{ maintenanceWindows: [] }, '400 InvalidRequestException'],
    [{ jobArn: 'arn:aws:iot:us-east-1:123456789012:job/none' }, '404 ResourceNotFoundException'],
    [{ timeoutConfig: { inProgressTimeoutInMinutes: 'five' } }, '400 InvalidRequestException'],
  ] as const)('%j is refused with %s', ([body, expected]) => {
    const { create } = setUp()
    expect(refusal(() => create(body))).toBe(expected)
  })

  test('can be made from a job', () => {
    const { world, ofTemplate } = setUp()
    world.createJob('J1', { timeoutConfig: { inProgressTimeoutInMinutes: 7 } })
    world.call('CreateJobTemplate', {
      ...ofTemplate,
      body: { jobArn: 'arn:aws:iot:us-east-1:123456789012:job/J1', description: 'From a job.' },
    })
    expect(world.call('DescribeJobTemplate', ofTemplate)).toMatchObject({
      document: documentText,
      timeoutConfig: { inProgressTimeoutInMinutes: 7 },
    })
  })
})

describe('a job from a template', () => {
  const fromTemplate = (more: Record<string, unknown> = {}) => ({
    document: undefined,
    jobTemplateArn,
    targets: [thingArn('dev1')],
    ...more,
  })
  const ofJob = { params: { jobId: 'J1' } }

  test('copies document, description and configuration', () => {
    const { world, create } = setUp()
    create()
    world.createJob('J1', fromTemplate())
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: { jobTemplateArn, description: 'Rotates.', ...configuration },
    })
    expect(world.call('GetJobDocument', ofJob)).toEqual({ document: documentText })
  })

  test('follows the request where it says otherwise', () => {
    const { world, create } = setUp()
    create()
    const override = { description: 'Mine.', timeoutConfig: { inProgressTimeoutInMinutes: 60 } }
    world.createJob('J1', fromTemplate(override))
    expect(world.call('DescribeJob', ofJob)).toMatchObject({
      job: { ...configuration, ...override },
    })
  })

  test('stays as it is when the template is deleted', () => {
    const { world, create, ofTemplate } = setUp()
    create()
    world.createJob('J1', fromTemplate())
    world.call('DeleteJobTemplate', ofTemplate)
    expect(world.call('GetJobDocument', ofJob)).toEqual({ document: documentText })
  })
})
