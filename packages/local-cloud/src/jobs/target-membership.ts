import type { RegistryChange } from '../registry/registry.ts'
import type { Engine } from './engine.ts'
import { endExecution } from './execution-lifecycle.ts'
import { isPending, type Job, latestExecution } from './job.ts'
import { joinTarget } from './job-administration.ts'
import { completeIfDone } from './job-completion.ts'
import { isInTargets, parseTarget } from './job-targets.ts'

/** What a change in the registry means for jobs. */
export function followRegistry(engine: Engine, change: RegistryChange): void {
  switch (change.kind) {
    case 'thing-deleted':
      for (const job of engine.jobsOfThing.get(change.thingName) ?? [])
        leaveTarget(engine, job, change.thingName)
      return
    case 'group-joined':
      for (const job of engine.continuousJobs)
        if (targetsGroup(engine, job, change)) joinTarget(engine, job, change.thingName)
      return
    case 'group-left':
      for (const job of engine.continuousJobs)
        if (job.shares.has(change.thingName) && !isInTargets(engine, job, change.thingName))
          leaveTarget(engine, job, change.thingName)
      return
  }
}

function targetsGroup(engine: Engine, job: Job, { groupName, thingName }: RegistryChange): boolean {
  // The group itself is the common case; only for others does its parents' whole membership have to be looked at.
  const names = job.targetArns.map(parseTarget)
  if (names.some(({ kind, name }) => kind === 'thinggroup' && name === groupName)) return true
  return names.some(({ kind }) => kind === 'thinggroup') && isInTargets(engine, job, thingName)
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
