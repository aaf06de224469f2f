import { AwsError, invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import { optionalString } from '../api/input.ts'
import type { Engine } from './engine.ts'
import { deleteExecution, queueExecution, shareOf } from './execution-lifecycle.ts'
import type { Job } from './job.ts'
import { cancelJob, stopRollout } from './job-cancellation.ts'
import { parseConfiguration } from './job-configuration.ts'
import { mostTargets, thingsOfTarget } from './job-targets.ts'
import { listMember, type Members, stringItem } from './members.ts'

/** What an operator does to a job that exists. */

export const invalidStateTransition = (message: string): AwsError =>
  new AwsError('InvalidStateTransitionException', 409, message)

export function findJob(engine: Engine, jobId: string): Job {
  const job = engine.jobs.get(jobId)
  if (job === undefined) throw resourceNotFound(`Job ${jobId} cannot be found.`)
  return job
}

/** UpdateJob: configuration that is named replaces what was; executions that have started keep their timers. */
export function updateJob(engine: Engine, job: Job, body: Members): void {
  const description = optionalString(body, 'description')
  const configuration = parseConfiguration(body)
  if (job.status !== 'IN_PROGRESS' && job.status !== 'SCHEDULED')
    throw invalidRequest(`Job ${job.jobId} is ${job.status} and can no longer be updated.`)
  if (description !== undefined) job.description = description
  job.configuration = { ...job.configuration, ...configuration }
  job.lastUpdatedAtMs = engine.clock.now()
}

export function cancelJobByRequest(engine: Engine, job: Job, body: Members, force: boolean): void {
  const reasonCode = optionalString(body, 'reasonCode')
  const comment = optionalString(body, 'comment')
  // A job that was cancelled before may be cancelled again with force, to end what is still in progress.
  const canBeCanceled =
    job.status === 'IN_PROGRESS' || job.status === 'SCHEDULED' || job.status === 'CANCELED'
  if (!canBeCanceled) throw invalidRequest(`Job ${job.jobId} is ${job.status} and can no longer be canceled.`)
  cancelJob(engine, job, {
    force,
    ...(reasonCode !== undefined && { reasonCode }),
    ...(comment !== undefined && { comment }),
  })
}

/** DeleteJob: the job and all its executions are gone, and pending lists are told. */
export function deleteJob(engine: Engine, job: Job, force: boolean): void {
  const isOver = job.status === 'COMPLETED' || job.status === 'CANCELED'
  if (!isOver && !force)
    throw invalidStateTransition(
      `Job ${job.jobId} is ${job.status}: only a job that is COMPLETED or CANCELED is deleted without force.`,
    )
  job.status = 'DELETION_IN_PROGRESS'
  job.lastUpdatedAtMs = engine.clock.now()
  engine.outbox.jobChanged('deletion_in_progress', job)
  stopRollout(job)
  for (const share of job.shares.values()) {
    for (const execution of share.executions.slice()) deleteExecution(engine, execution)
    engine.jobsOfThing.get(share.thingName)?.delete(job)
  }
  engine.continuousJobs.delete(job)
  engine.jobs.delete(job.jobId)
  engine.outbox.jobChanged('deleted', job)
}

/** AssociateTargetsWithJob: things of the new targets get their execution at once. */
export function associateTargets(engine: Engine, job: Job, body: Members): void {
  const targets = (listMember(body, 'targets', { min: 1, max: mostTargets }) ?? []).map(target =>
    stringItem(target, 'targets'),
  )
  if (targets.length === 0)
    throw invalidRequest("Value null at 'targets' failed to satisfy constraint: Member must not be null")
  if (job.targetSelection !== 'CONTINUOUS')
    throw invalidRequest(`Job ${job.jobId} is not CONTINUOUS: targets can only be added to a continuous job.`)
  if (job.status !== 'IN_PROGRESS' || job.ended)
    throw invalidRequest(`Job ${job.jobId} is ${job.status}: targets can only be added to a job in progress.`)
  const added = targets.filter(target => !job.targetArns.includes(target))
  if (job.targetArns.length + added.length > mostTargets)
    throw new AwsError('LimitExceededException', 410, `A job cannot have more than ${mostTargets} targets.`)
  const things = added.flatMap(target => thingsOfTarget(engine, target))
  job.targetArns.push(...added)
  job.comment = optionalString(body, 'comment') ?? job.comment
  job.lastUpdatedAtMs = engine.clock.now()
  for (const thingName of things) joinTarget(engine, job, thingName)
}

/** A thing came into a target of a continuous job that is under way. One that comes back starts anew. */
export function joinTarget(engine: Engine, job: Job, thingName: string): void {
  const isNew = !job.shares.has(thingName)
  const share = shareOf(engine, job, thingName)
  if (!isNew && share.isTarget) return
  share.isTarget = true
  if (job.status === 'SCHEDULED') {
    job.rollout.waiting.push(thingName)
    return
  }
  queueExecution(engine, share, job, 0)
  job.rollout.notifiedThings += 1
}
