import { arn } from '../account.ts'
import { AwsError, invalidRequest } from '../api/aws-error.ts'
import { optionalString } from '../api/input.ts'
import { type Engine, settle } from './engine.ts'
import { shareOf } from './execution-lifecycle.ts'
import { executionStatuses, type Job, type TargetSelection } from './job.ts'
import { cancelExecutions, stopRollout } from './job-cancellation.ts'
import { completeIfDone } from './job-completion.ts'
import { type JobConfiguration, parseConfiguration, parseTargetSelection } from './job-configuration.ts'
import { parseDocument } from './job-document.ts'
import { mostTargets, thingsOfTarget } from './job-targets.ts'
import type { JobTemplate, JobTemplates } from './job-templates.ts'
import { checkedId, listMember, type Members, objectItem, refuseMembers, stringItem } from './members.ts'
import { rollOut } from './rollout.ts'
import { parseScheduling, type Scheduling } from './scheduling.ts'

interface JobRequest {
  jobId: string
  jobTemplateArn: string | undefined
  targetArns: string[]
  targetSelection: TargetSelection
  document: string
  parsedDocument: unknown
  description: string | undefined
  configuration: JobConfiguration
  scheduling: Scheduling | undefined
}

/** CreateJob: what the request names overrides what the template says. */
export function createJob(engine: Engine, templates: JobTemplates, jobId: string, body: Members): Job {
  const request = parseJobRequest(engine, templates, jobId, body)
  const jobArn = arn(engine.account, 'iot', `job/${jobId}`)
  if (engine.jobs.has(jobId))
    throw new AwsError('ResourceAlreadyExistsException', 409, `Job ${jobId} already exists.`, {
      resourceId: jobId,
      resourceArn: jobArn,
    })
  const things = [...new Set(request.targetArns.flatMap(target => thingsOfTarget(engine, target)))]
  const now = engine.clock.now()
  const job: Job = {
    ...request,
    jobArn,
    status: 'SCHEDULED',
    forceCanceled: false,
    reasonCode: undefined,
    comment: undefined,
    createdAtMs: now,
    lastUpdatedAtMs: now,
    completedAtMs: undefined,
    shares: new Map(),
    thingsByStatus: noThings(),
    rollout: { waiting: things, nextIndex: 0, notifiedThings: 0, timer: undefined },
    ended: false,
    timers: new Set(),
  }
  engine.jobs.set(jobId, job)
  for (const thingName of things) shareOf(engine, job, thingName)
  if (job.targetSelection === 'CONTINUOUS') engine.continuousJobs.add(job)
  schedule(engine, job)
  return job
}

function parseJobRequest(engine: Engine, templates: JobTemplates, jobId: string, body: Members): JobRequest {
  refuseMembers(body, ['documentSource', 'namespaceId', 'documentParameters', 'destinationPackageVersions'])
  const template = templateOf(templates, body)
  const targets = listMember(body, 'targets', { min: 1, max: mostTargets })
  if (targets === undefined)
    throw invalidRequest("Value null at 'targets' failed to satisfy constraint: Member must not be null")
  const document = optionalString(body, 'document') ?? template?.document
  if (document === undefined)
    throw invalidRequest('A job needs a document, a documentSource or a jobTemplateArn.')
  const scheduling = body['schedulingConfig']
  return {
    jobId: checkedId('jobId', jobId),
    jobTemplateArn: template?.jobTemplateArn,
    targetArns: targets.map(target => stringItem(target, 'targets')),
    targetSelection: parseTargetSelection(body),
    document,
    parsedDocument: parseDocument(document),
    description: optionalString(body, 'description') ?? template?.description,
    configuration: { ...template?.configuration, ...parseConfiguration(body) },
    scheduling:
      scheduling === undefined || scheduling === null
        ? undefined
        : parseScheduling(objectItem(scheduling, 'schedulingConfig'), engine.clock.now()),
  }
}

function templateOf(templates: JobTemplates, body: Members): JobTemplate | undefined {
  const templateArn = optionalString(body, 'jobTemplateArn')
  return templateArn === undefined ? undefined : templates.byArn(templateArn)
}

function schedule(engine: Engine, job: Job): void {
  const { startAtMs, endAtMs } = job.scheduling ?? {}
  if (endAtMs !== undefined)
    job.timers.add(engine.deadlines.at(endAtMs, () => settle(engine, () => endSchedule(engine, job))))
  if (startAtMs === undefined) start(engine, job)
  else job.timers.add(engine.deadlines.at(startAtMs, () => settle(engine, () => start(engine, job))))
}

function start(engine: Engine, job: Job): void {
  job.status = 'IN_PROGRESS'
  job.lastUpdatedAtMs = engine.clock.now()
  rollOut(engine, job)
}

/** At its end time a job rolls out no more; whether what is pending goes on is its end behaviour. */
function endSchedule(engine: Engine, job: Job): void {
  stopRollout(job)
  job.ended = true
  engine.continuousJobs.delete(job)
  const behavior = job.scheduling?.endBehavior
  if (behavior !== 'STOP_ROLLOUT') cancelExecutions(engine, job, behavior === 'FORCE_CANCEL')
  completeIfDone(engine, job)
}

function noThings(): Job['thingsByStatus'] {
  return Object.fromEntries(executionStatuses.map(status => [status, 0])) as Job['thingsByStatus']
}
