import * as v from 'valibot'
import { certificateIdSchema, executionNumberSchema, jobIdSchema, turnSchema } from '../ids.ts'

/** Says "this is the certificate that I am connected with". A version 1 device sends `jobId` alone. */
export const commitRequestSchema = v.object({
  jobId: jobIdSchema,
  executionNumber: v.optional(executionNumberSchema),
  /** What the device believes that it connected with. */
  certificateId: v.optional(certificateIdSchema),
  turn: v.optional(turnSchema),
  confirmed: v.optional(v.boolean()),
  /** The device has lost its other identity, so it stays on this one whatever is decided; older backends ignore it. */
  alone: v.optional(v.boolean()),
})
export type CommitRequest = v.InferOutput<typeof commitRequestSchema>

/** A version 1 backend answers `{}`. */
export const commitAcceptedSchema = v.object({
  certificateId: v.optional(certificateIdSchema),
  jobId: v.optional(jobIdSchema),
  executionNumber: v.optional(executionNumberSchema),
  turn: v.optional(turnSchema),
  confirmed: v.optional(v.boolean()),
})
export type CommitAccepted = v.InferOutput<typeof commitAcceptedSchema>
