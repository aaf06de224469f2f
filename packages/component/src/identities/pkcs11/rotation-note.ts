import {
  certificateIdSchema,
  type ExecutionId,
  executionNumberSchema,
  jobIdSchema,
} from '@rotator/protocol/ids'
import { parseJsonWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'

/** A CKA_ID in hexadecimal. */
const idSchema = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})*$/u))

const noteSchema = v.object({
  /** CKA_ID of NEW: the objects themselves say nothing of where they come from. */
  newId: idSchema,
  /** Null where that id is of our making, so that nobody else's has it. */
  newCertificateId: v.nullable(certificateIdSchema),
  /** CKA_ID of OLD beside the current slot. Somebody else's may have it too, or be a copy of OLD. */
  oldId: idSchema,
  oldCertificateId: certificateIdSchema,
  /** What NEW's key was made for; null where a version 1 component made it. */
  execution: v.nullable(v.object({ jobId: jobIdSchema, executionNumber: executionNumberSchema })),
  /** The request in PEM: made again it would be another, as some signatures have chance in them. */
  csr: v.nullable(v.string()),
})

/** What the token's own data object tells of the rotation under way, from its key to its end. */
export type RotationNote = v.InferOutput<typeof noteSchema> & { execution: ExecutionId | null }

export const encodeNote = (note: RotationNote): Buffer => Buffer.from(JSON.stringify(note))

/** @returns undefined for what is no note of this version. */
export function decodeNote(value: Buffer): RotationNote | undefined {
  const parsed = parseJsonWith(noteSchema, value.toString())
  return parsed.ok ? parsed.value : undefined
}
