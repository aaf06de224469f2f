import type { ThingName } from '@rotator/protocol/ids'
import { jobIdFor, type TriggerWord } from './job-ids.ts'
import type { TriggerPorts } from './trigger-ports.ts'

export interface Order {
  trigger: TriggerWord
  /** What it is ordered for. The same reason makes the same job, however often it is given. */
  reason: string
  things: readonly ThingName[]
  /** For people who look at the job. */
  description: string
}

/**
 * Makes one job for the things; none where there are no things, or where the job is there already.
 *
 * @returns whether there is a job now
 */
export async function orderRotation(
  { rotationJobs, report }: Pick<TriggerPorts, 'rotationJobs' | 'report'>,
  order: Order,
): Promise<boolean> {
  if (order.things.length === 0) return false
  const jobId = jobIdFor(order)
  const { things, description } = order
  const outcome = await rotationJobs.create({ jobId, things, description })
  report({ level: 'info', event: outcome === 'created' ? 'rotations-ordered' : 'job-there-already', jobId })
  return true
}
