import * as v from 'valibot'
import { rotateOperation } from '../names.ts'

/**
 * The two algorithms override the component's configuration for this job. The device checks them, in the words of a
 * configuration, so a document with others is one of ours all the same.
 */
export const jobDocumentSchema = v.object({
  operation: v.literal(rotateOperation),
  keyAlgorithm: v.optional(v.string()),
  signingAlgorithm: v.optional(v.string()),
})

/** What makes a job one of ours, whatever else its document says, so that a malformed one is refused and told. */
export const rotationSchema = v.object({ operation: v.literal(rotateOperation) })

/** Whether a job is one of ours: other teams' jobs are left alone. */
export const isRotation = (document: unknown): boolean => v.is(rotationSchema, document)
