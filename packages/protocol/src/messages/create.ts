import * as v from 'valibot'
import { certificateIdSchema, csrDigestSchema, executionNumberSchema, jobIdSchema } from '../ids.ts'

/** AWS IoT takes no longer request than this, in characters. */
export const csrMaxLength = 4096

/** Asks for a certificate. Without `executionNumber` it is a version 1 device's. */
export const createRequestSchema = v.object({
  jobId: jobIdSchema,
  csr: v.pipe(v.string(), v.minLength(1), v.maxLength(csrMaxLength)),
  executionNumber: v.optional(executionNumberSchema),
})
export type CreateRequest = v.InferOutput<typeof createRequestSchema>

/** Only `certificatePem` is sure: a version 1 backend sends nothing else. */
export const createAcceptedSchema = v.object({
  certificatePem: v.string(),
  certificateId: v.optional(certificateIdSchema),
  jobId: v.optional(jobIdSchema),
  executionNumber: v.optional(executionNumberSchema),
  csrDigest: v.optional(csrDigestSchema),
})
export type CreateAccepted = v.InferOutput<typeof createAcceptedSchema>
