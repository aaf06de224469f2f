import { arn } from '../account.ts'
import { invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import type { Engine } from './engine.ts'
import type { Job } from './job.ts'

/** Targets that a job may have in all. */
export const mostTargets = 100

/** The names of the things that a target stands for at this moment. */
export function thingsOfTarget(engine: Engine, targetArn: string): string[] {
  const { kind, name } = parseTarget(targetArn)
  const own = arn(engine.account, 'iot', `${kind}/${name}`)
  if (targetArn !== own)
    throw invalidRequest(`Target '${targetArn}' is not of this account and region: ${own}`)
  if (kind === 'thing') {
    if (!engine.registry.thingExists(name)) throw resourceNotFound(`Thing ${name} not found.`)
    return [name]
  }
  const things = engine.registry.thingsOfGroup(targetArn)
  if (things === undefined) throw resourceNotFound(`Thing group ${name} not found.`)
  return things
}

export function parseTarget(targetArn: string): { kind: 'thing' | 'thinggroup'; name: string } {
  const found = /^arn:[\w-]+:iot:[\w-]*:\d*:(thing|thinggroup)\/([a-zA-Z0-9:_-]{1,128})$/.exec(targetArn)
  const [, kind, name] = found ?? []
  if ((kind !== 'thing' && kind !== 'thinggroup') || name === undefined)
    throw invalidRequest(`Target '${targetArn}' is the ARN of neither a thing nor a thing group.`)
  return { kind, name }
}

/** Whether the thing is, at this moment, in any target of the job. Looks at the thing's groups, not at their members. */
export function isInTargets(engine: Engine, job: Job, thingName: string): boolean {
  const groupNames = engine.registry.groupsOfThing(thingName)
  return job.targetArns.some(targetArn => {
    const { kind, name } = parseTarget(targetArn)
    return kind === 'thing' ? name === thingName : groupNames.includes(name)
  })
}
