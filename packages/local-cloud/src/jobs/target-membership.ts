import type { RegistryChange } from '../registry/registry.ts'
import type { Engine } from './engine.ts'
import { endExecution } from './execution-lifecycle.ts'
import { isPending, type Job, latestExecution } from './job.ts'
import { joinTarget } from './job-administration.ts'
import { completeIfDone } from './job-completion.ts'
import { isInTargets } from './job-targets.ts'

/** What a change in the registry means for jobs. */
export function followRegistry(engine: Engine, change: RegistryChange): void {
  switch (change.kind) {
    case 'thing-deleted':
      for (const job of engine.jobsOfThing.get(change.thingName) ?? [])
        leaveTarget(engine, job, change.thingName)
      return
    case 'group-joined':
      for (const job of engine.continuousJobs)
        if (isInTargets(engine, job, change.thingName)) joinTarget(engine, job, change.thingName)
      return
    case 'group-left':
      for (const job of engine.continuousJobs)
        if (job.shares.has(change.thingName) && !isInTargets(engine, job, change.thingName))
          leaveTarget(engine, job, change.thingName)
      return
  }
}

/** Ends what is pending as REMOVED; what has ended stays as it is. */
function leaveTarget(engine: Engine, job: Job, thingName: string): void {
  const share = job.shares.get(thingName)
  if (share === undefined) return
  share.isTarget = false
  const execution = latestExecution(share)
  if (execution === undefined || !isPending(execution.status)) return
  endExecution(engine, execution, 'REMOVED')
  completeIfDone(engine, job)
}
