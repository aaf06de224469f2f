import { invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { queryFlag, requiredString } from '../api/input.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import { type Engine, settle } from './engine.ts'
import { cancelExecution, deleteExecutionByRequest, findExecution } from './execution-administration.ts'
import { executionStatuses, type Job, type JobExecution, latestExecution } from './job.ts'
import { associateTargets, cancelJobByRequest, deleteJob, findJob, updateJob } from './job-administration.ts'
import { createJob } from './job-creation.ts'
import type { JobTemplates } from './job-templates.ts'
import { executionDescription, executionSummary, jobDescription, jobSummary } from './job-view.ts'
import { listPage } from './list-page.ts'

/** Jobs and job executions in the IoT API. */
export function controlPlaneOperations(engine: Engine, templates: JobTemplates): RestOperation[] {
  return [...jobOperations(engine, templates), ...executionOperations(engine)].map(operation => ({
    ...operation,
    service: 'iot',
    handle: call => settle(engine, () => operation.handle(call)),
  }))
}

type Operation = Omit<RestOperation, 'service'>

const answer = ({ jobArn, jobId, description }: Job): unknown => ({ jobArn, jobId, description })

function jobOperations(engine: Engine, templates: JobTemplates): Operation[] {
  const job = (call: RestCall): Job => findJob(engine, requiredString(call.params, 'jobId'))
  return [
    {
      name: 'CreateJob',
      method: 'PUT',
      path: '/jobs/{jobId}',
      handle: call => answer(createJob(engine, templates, requiredString(call.params, 'jobId'), call.body)),
    },
    {
      name: 'DescribeJob',
      method: 'GET',
      path: '/jobs/{jobId}',
      handle: call => ({ job: jobDescription(job(call)) }),
    },
    { name: 'ListJobs', method: 'GET', path: '/jobs', handle: call => listJobs(engine, call.query) },
    {
      name: 'GetJobDocument',
      method: 'GET',
      path: '/jobs/{jobId}/job-document',
      handle: call => ({ document: job(call).document }),
    },
    {
      name: 'UpdateJob',
      method: 'PATCH',
      path: '/jobs/{jobId}',
      handle: call => updateJob(engine, job(call), call.body),
    },
    {
      name: 'CancelJob',
      method: 'PUT',
      path: '/jobs/{jobId}/cancel',
      handle(call) {
        const canceled = job(call)
        cancelJobByRequest(engine, canceled, call.body, queryFlag(call.query, 'force'))
        return answer(canceled)
      },
    },
    {
      name: 'DeleteJob',
      method: 'DELETE',
      path: '/jobs/{jobId}',
      handle: call => deleteJob(engine, job(call), queryFlag(call.query, 'force')),
    },
    {
      name: 'AssociateTargetsWithJob',
      method: 'POST',
      path: '/jobs/{jobId}/targets',
      handle(call) {
        const associated = job(call)
        associateTargets(engine, associated, call.body)
        return answer(associated)
      },
    },
  ]
}

function executionOperations(engine: Engine): Operation[] {
  const execution = (call: RestCall, executionNumber: number | undefined): JobExecution =>
    findExecution(
      engine,
      requiredString(call.params, 'jobId'),
      requiredString(call.params, 'thingName'),
      executionNumber,
    )
  return [
    {
      name: 'ListJobExecutionsForJob',
      method: 'GET',
      path: '/jobs/{jobId}/things',
      handle: call => listExecutionsOfJob(engine, call),
    },
    {
      name: 'ListJobExecutionsForThing',
      method: 'GET',
      path: '/things/{thingName}/jobs',
      handle: call => listExecutionsOfThing(engine, call),
    },
    {
      name: 'DescribeJobExecution',
      method: 'GET',
      path: '/things/{thingName}/jobs/{jobId}',
      handle: call => ({
        execution: executionDescription(
          engine,
          execution(call, wholeNumber(call.query.get('executionNumber'))),
        ),
      }),
    },
    {
      name: 'CancelJobExecution',
      method: 'PUT',
      path: '/things/{thingName}/jobs/{jobId}/cancel',
      handle: call =>
        cancelExecution(engine, execution(call, undefined), call.body, queryFlag(call.query, 'force')),
    },
    {
      name: 'DeleteJobExecution',
      method: 'DELETE',
      path: '/things/{thingName}/jobs/{jobId}/executionNumber/{executionNumber}',
      handle(call) {
        const executionNumber = wholeNumber(requiredString(call.params, 'executionNumber'))
        deleteExecutionByRequest(engine, execution(call, executionNumber), queryFlag(call.query, 'force'))
      },
    },
  ]
}

function listJobs(engine: Engine, query: URLSearchParams): unknown {
  const [status, targetSelection, group] = ['status', 'targetSelection', 'thingGroupName'].map(name =>
    query.get(name),
  )
  const newestFirst = [...engine.jobs.values()]
    .toReversed()
    .filter(
      job =>
        (status === null || job.status === status) &&
        (targetSelection === null || job.targetSelection === targetSelection) &&
        (group === null || job.targetArns.some(target => target.endsWith(`:thinggroup/${group}`))),
    )
  return listPage('jobs', newestFirst, query, jobSummary)
}

function listExecutionsOfJob(engine: Engine, call: RestCall): unknown {
  const status = statusFilter(call.query)
  const latest = [...findJob(engine, requiredString(call.params, 'jobId')).shares.values()]
    .map(latestExecution)
    .filter(execution => execution !== undefined)
    .filter(execution => status === undefined || execution.status === status)
  return listPage('executionSummaries', latest, call.query, execution => ({
    thingArn: engine.registry.thingArn(execution.thingName),
    jobExecutionSummary: executionSummary(execution),
  }))
}

/** All executions of the thing, retries one by one, the newest first. */
function listExecutionsOfThing(engine: Engine, call: RestCall): unknown {
  const thingName = requiredString(call.params, 'thingName')
  if (!engine.registry.thingExists(thingName) && !engine.jobsOfThing.has(thingName))
    throw resourceNotFound(`Thing ${thingName} not found.`)
  const status = statusFilter(call.query)
  const jobId = call.query.get('jobId')
  const executions = [...(engine.jobsOfThing.get(thingName) ?? [])]
    .filter(job => jobId === null || job.jobId === jobId)
    .flatMap(job => job.shares.get(thingName)?.executions ?? [])
    .filter(execution => status === undefined || execution.status === status)
    .sort((a, b) => b.sequence - a.sequence)
  return listPage('executionSummaries', executions, call.query, execution => ({
    jobId: execution.job.jobId,
    jobExecutionSummary: executionSummary(execution),
  }))
}

function statusFilter(query: URLSearchParams): string | undefined {
  const status = query.get('status')
  if (status === null) return undefined
  const known = executionStatuses.find(candidate => candidate === status)
  if (known === undefined)
    throw invalidRequest(`Value '${status}' at 'status' is no status of a job execution`)
  return known
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined
  if (!/^\d{1,15}$/.test(text))
    throw invalidRequest(`Value '${text}' at 'executionNumber' is not a whole number`)
  return Number(text)
}
