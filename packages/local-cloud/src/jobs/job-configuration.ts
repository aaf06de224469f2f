import { optionalObject, optionalString } from '../api/input.ts'
import {
  choiceMember,
  listMember,
  type Members,
  numberMember,
  objectItem,
  requiredChoice,
  requiredNumber,
} from './members.ts'

/**
 * What a job and a job template have in common, in the words and units of the API, so that describing is giving back.
 * Absent members stay absent.
 */
export interface JobConfiguration {
  presignedUrlConfig?: { roleArn?: string; expiresInSec?: number }
  jobExecutionsRolloutConfig?: RolloutConfig
  abortConfig?: { criteriaList: AbortCriterion[] }
  timeoutConfig?: { inProgressTimeoutInMinutes?: number }
  jobExecutionsRetryConfig?: { criteriaList: RetryCriterion[] }
}

export interface RolloutConfig {
  maximumPerMinute?: number
  exponentialRate?: {
    baseRatePerMinute: number
    incrementFactor: number
    rateIncreaseCriteria: { numberOfNotifiedThings?: number; numberOfSucceededThings?: number }
  }
}

export interface AbortCriterion {
  failureType: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL'
  action: 'CANCEL'
  thresholdPercentage: number
  minNumberOfExecutedThings: number
}

export interface RetryCriterion {
  failureType: 'FAILED' | 'TIMED_OUT' | 'ALL'
  numberOfRetries: number
}

const count = { min: 1, max: Number.MAX_SAFE_INTEGER }

/** Parses the configuration members of CreateJob, UpdateJob and CreateJobTemplate. */
export function parseConfiguration(body: Members): JobConfiguration {
  const presignedUrlConfig = parsed(body, 'presignedUrlConfig', parsePresignedUrl)
  const jobExecutionsRolloutConfig = parsed(body, 'jobExecutionsRolloutConfig', parseRollout)
  const abortConfig = parsed(body, 'abortConfig', parseAbort)
  const timeoutConfig = parsed(body, 'timeoutConfig', parseTimeout)
  const jobExecutionsRetryConfig = parsed(body, 'jobExecutionsRetryConfig', parseRetry)
  return {
    ...(presignedUrlConfig && { presignedUrlConfig }),
    ...(jobExecutionsRolloutConfig && { jobExecutionsRolloutConfig }),
    ...(abortConfig && { abortConfig }),
    ...(timeoutConfig && { timeoutConfig }),
    ...(jobExecutionsRetryConfig && { jobExecutionsRetryConfig }),
  }
}

function parsed<T>(body: Members, name: string, parse: (members: Members) => T): T | undefined {
  const members = optionalObject(body, name)
  return members === undefined ? undefined : parse(members)
}

function parsePresignedUrl(members: Members): NonNullable<JobConfiguration['presignedUrlConfig']> {
  const roleArn = optionalString(members, 'roleArn')
  const expiresInSec = numberMember(members, 'expiresInSec', { min: 60, max: 3600 })
  return { ...(roleArn !== undefined && { roleArn }), ...(expiresInSec !== undefined && { expiresInSec }) }
}

function parseRollout(members: Members): RolloutConfig {
  const maximumPerMinute = numberMember(members, 'maximumPerMinute', { min: 1, max: 1000 })
  const exponential = optionalObject(members, 'exponentialRate')
  return {
    ...(maximumPerMinute !== undefined && { maximumPerMinute }),
    ...(exponential !== undefined && { exponentialRate: parseExponential(exponential) }),
  }
}

function parseExponential(members: Members): NonNullable<RolloutConfig['exponentialRate']> {
  const criteria = objectItem(members['rateIncreaseCriteria'], 'rateIncreaseCriteria')
  const numberOfNotifiedThings = numberMember(criteria, 'numberOfNotifiedThings', count)
  const numberOfSucceededThings = numberMember(criteria, 'numberOfSucceededThings', count)
  return {
    baseRatePerMinute: requiredNumber(members, 'baseRatePerMinute', { min: 1, max: 1000 }),
    incrementFactor: requiredNumber(members, 'incrementFactor', { min: 1.1, max: 5, decimals: 1 }),
    rateIncreaseCriteria: {
      ...(numberOfNotifiedThings !== undefined && { numberOfNotifiedThings }),
      ...(numberOfSucceededThings !== undefined && { numberOfSucceededThings }),
    },
  }
}

function parseAbort(members: Members): NonNullable<JobConfiguration['abortConfig']> {
  const items = listMember(members, 'criteriaList', count) ?? []
  return {
    criteriaList: items.map((item): AbortCriterion => {
      const criterion = objectItem(item, 'criteriaList')
      return {
        failureType: requiredChoice(criterion, 'failureType', ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL']),
        action: requiredChoice(criterion, 'action', ['CANCEL']),
        thresholdPercentage: requiredNumber(criterion, 'thresholdPercentage', {
          min: 0,
          max: 100,
          decimals: 2,
        }),
        minNumberOfExecutedThings: requiredNumber(criterion, 'minNumberOfExecutedThings', count),
      }
    }),
  }
}

function parseTimeout(members: Members): NonNullable<JobConfiguration['timeoutConfig']> {
  const inProgressTimeoutInMinutes = numberMember(members, 'inProgressTimeoutInMinutes', {
    min: 1,
    max: 10080,
  })
  return inProgressTimeoutInMinutes === undefined ? {} : { inProgressTimeoutInMinutes }
}

function parseRetry(members: Members): NonNullable<JobConfiguration['jobExecutionsRetryConfig']> {
  const items = listMember(members, 'criteriaList', { min: 1, max: 2 }) ?? []
  const criteriaList = items.map((item): RetryCriterion => {
    const criterion = objectItem(item, 'criteriaList')
    return {
      failureType: requiredChoice(criterion, 'failureType', ['FAILED', 'TIMED_OUT', 'ALL']),
      numberOfRetries: requiredNumber(criterion, 'numberOfRetries', { min: 0, max: 10 }),
    }
  })
  const total = {
    numberOfRetries: criteriaList.reduce((sum, { numberOfRetries }) => sum + numberOfRetries, 0),
  }
  // Ten retries for both failure types together.
  numberMember(total, 'numberOfRetries', { min: 0, max: 10 })
  return { criteriaList }
}

export const targetSelections = ['SNAPSHOT', 'CONTINUOUS'] as const

export const parseTargetSelection = (body: Members): 'SNAPSHOT' | 'CONTINUOUS' =>
  choiceMember(body, 'targetSelection', targetSelections) ?? 'SNAPSHOT'
