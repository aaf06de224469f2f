import { createHash } from 'node:crypto'
import { type JobId, jobIdSchema, type ThingName } from '@rotator/protocol/ids'
import { jobTemplateId } from '@rotator/protocol/names'
import * as v from 'valibot'
import type { TriggerPorts } from './trigger-ports.ts'

/** Why a rotation is ordered: a word in the id of its job. */
export type TriggerWord = 'age' | 'audit' | 'anomaly'

export interface Order {
  trigger: TriggerWord
  /** What it is ordered for. The same reason makes the same job, however often it is given. */
  reason: string
  things: readonly ThingName[]
  /** For people who look at the job. */
  description: string
}

/** The id of the job for a reason: the same in every try, so that AWS IoT Jobs itself keeps a second one out. */
export const jobIdFor = ({ trigger, reason }: Pick<Order, 'trigger' | 'reason'>): JobId =>
  v.parse(
    jobIdSchema,
    `${jobTemplateId}-${trigger}-${createHash('sha256').update(reason).digest('hex').slice(0, 30)}`,
  )

/** Makes one job for the things; none where there are no things, or where the job is there already. */
export async function orderRotation(
  { rotationJobs, report }: Pick<TriggerPorts, 'rotationJobs' | 'report'>,
  order: Order,
): Promise<void> {
  if (order.things.length === 0) return
  const jobId = jobIdFor(order)
  const { things, description } = order
  const outcome = await rotationJobs.create({ jobId, things, description })
  report({ level: 'info', event: outcome === 'created' ? 'rotations-ordered' : 'job-there-already', jobId })
}
