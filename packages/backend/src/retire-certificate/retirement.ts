import { certificateIdSchema, thingNameSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'

/** A message of the queue: a certificate to retire, and how far that is. */
export const retirementSchema = v.object({
  thingName: thingNameSchema,
  certificateId: certificateIdSchema,
  /** Decided by the record, or issued by a create that lost its race and attached nothing. */
  why: v.picklist(['decided', 'never-attached']),
  /** Deactivate and detach first, delete after a hold: the first can be undone. */
  step: v.picklist(['deactivate', 'delete']),
  /** Nothing is done before this time, in milliseconds since 1970. */
  notBeforeMs: v.number(),
  /** How often deleting was tried before detaching had spread. */
  attempt: v.pipe(v.number(), v.integer(), v.minValue(0)),
})
export type Retirement = v.InferOutput<typeof retirementSchema>
