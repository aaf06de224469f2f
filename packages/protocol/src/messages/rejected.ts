import * as v from 'valibot'
import {
  certificateIdSchema,
  csrDigestSchema,
  executionNumberSchema,
  jobIdSchema,
  turnSchema,
} from '../ids.ts'

/**
 * The answer to a create or a commit that is refused.
 *
 * `code` is free text here: a newer backend may know more codes, and a version 1 backend sends none.
 */
export const rejectedSchema = v.object({
  errorMsg: v.optional(v.string()),
  code: v.optional(v.string()),
  retryable: v.optional(v.boolean()),
  jobId: v.optional(jobIdSchema),
  executionNumber: v.optional(executionNumberSchema),
  csrDigest: v.optional(csrDigestSchema),
  certificateId: v.optional(certificateIdSchema),
  turn: v.optional(turnSchema),
})
export type Rejected = v.InferOutput<typeof rejectedSchema>
