import {
  type CertificateId,
  certificateIdSchema,
  type ExecutionId,
  executionNumberSchema,
  jobIdSchema,
} from '@rotator/protocol/ids'
import { parseJsonWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import type { Held, HeldCertificate, HeldKey } from './holdings.ts'
import type { Labels } from './labels.ts'

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

/** Whether a note speaks of an object in that slot with that id. Whose it is may be another question. */
export function isWhereItNames(
  note: RotationNote | undefined,
  { label, id }: Held,
  { pending, previous }: Labels,
): note is RotationNote {
  if (note === undefined) return false
  return (
    (id === note.newId && (label === pending || label === previous)) ||
    (id === note.oldId && label === previous)
  )
}

export const isNewOf = (
  { newId, newCertificateId }: RotationNote,
  held: HeldCertificate | HeldKey,
): boolean => held.id === newId && (newCertificateId === null || belongsTo(held, newCertificateId))

export const isOldOf = (
  { oldId, oldCertificateId }: RotationNote,
  held: HeldCertificate | HeldKey,
): boolean => held.id === oldId && belongsTo(held, oldCertificateId)

const belongsTo = (held: HeldCertificate | HeldKey, certificateId: CertificateId): boolean =>
  'proves' in held ? held.proves.includes(certificateId) : held.certificateId === certificateId
