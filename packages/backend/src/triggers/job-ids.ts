import { createHash } from 'node:crypto'
import { type JobId, jobIdSchema } from '@rotator/protocol/ids'
import { jobTemplateId } from '@rotator/protocol/names'
import * as v from 'valibot'

/** Why a rotation is ordered: a word in the id of its job. */
export type TriggerWord = 'age' | 'audit' | 'anomaly'

const prefix = `${jobTemplateId}-`

/** The id of the job for a reason: the same in every try, so that AWS IoT Jobs itself keeps a second one out. */
export const jobIdFor = ({ trigger, reason }: { trigger: TriggerWord; reason: string }): JobId =>
  v.parse(
    jobIdSchema,
    `${prefix}${trigger}-${createHash('sha256').update(reason).digest('hex').slice(0, 30)}`,
  )

const ofTrigger = /^(age|audit|anomaly)-[0-9a-f]{30}$/u

/** @returns what a trigger has put into the id of its job; undefined for a job of somebody else's */
export const triggerOf = (jobId: JobId): string | undefined =>
  jobId.startsWith(prefix) ? ofTrigger.exec(jobId.slice(prefix.length))?.[1] : undefined
