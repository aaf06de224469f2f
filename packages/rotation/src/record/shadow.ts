import {
  certificateIdSchema,
  csrDigestSchema,
  executionNumberSchema,
  jobIdSchema,
  turnSchema,
} from '@rotator/protocol/ids'
import * as v from 'valibot'
import {
  noRecord,
  nothingRemembered,
  type OpenRecord,
  type RecordedIdentities,
  type Remembered,
  type RotationRecord,
} from './record.ts'

/** Of the record in the shadow. A later one is not read, so that nothing is decided on half of it. */
export const recordSchema = 2

/**
 * What an unconditional update may write where there is no shadow yet: it sets no field of the record, and updates
 * merge, so it can overwrite no decision. Then read the version and write conditionally.
 */
export const recordMarker = { schema: recordSchema } as const

const ids = v.optional(v.array(certificateIdSchema), [])
const execution = v.object({ jobId: jobIdSchema, executionNumber: executionNumberSchema })
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u))
const notAfterMs = v.pipe(v.number(), v.integer())
const identitiesSchema = v.object({
  oldSubject: digest,
  oldKeyDigest: digest,
  newKeyDigest: digest,
  oldNotAfterMs: notAfterMs,
  newNotAfterMs: notAfterMs,
})

const remembered = {
  schema: v.literal(recordSchema),
  jobId: v.optional(jobIdSchema),
  executionNumber: v.optional(executionNumberSchema),
  csrDigest: v.optional(csrDigestSchema),
  ...v.partial(identitiesSchema).entries,
  turn: v.optional(turnSchema, 0),
  retiring: ids,
  superseded: ids,
  unannounced: v.optional(certificateIdSchema),
  told: v.optional(v.array(execution), []),
  madeBy: v.picklist(['v1', 'v2']),
}

const openSchema = v.object({
  ...remembered,
  progress: v.picklist(['created', 'committed', 'abandoned', 'held']),
  oldCertificateId: certificateIdSchema,
  newCertificateId: certificateIdSchema,
  keep: certificateIdSchema,
})

const settledSchema = v.pipe(
  v.object({
    ...remembered,
    progress: v.literal('settled'),
    oldCertificateId: v.optional(certificateIdSchema),
    newCertificateId: v.optional(certificateIdSchema),
    keep: v.optional(certificateIdSchema),
    tombstone: v.optional(v.boolean(), false),
    toldOf: ids,
  }),
  // A device whose policy lets it may write anything; what operators are told names the certificates.
  v.check(({ tombstone, keep, oldCertificateId, newCertificateId }) => {
    if (tombstone) return true
    const isNamed = keep !== undefined && newCertificateId !== undefined
    return isNamed && (keep === newCertificateId || keep === oldCertificateId)
  }),
)

const noneSchema = v.object({
  schema: v.literal(recordSchema),
  progress: v.optional(v.undefined()),
  toldOf: ids,
})

/** All that a version 1 backend writes. A marker may have been merged into it. */
const version1Schema = v.object({
  progress: v.picklist(['created', 'committed']),
  oldCertificateId: certificateIdSchema,
  newCertificateId: certificateIdSchema,
  madeBy: v.optional(v.undefined()),
})

/**
 * Reads the record from the shadow's `state.reported`, which anybody may have written.
 *
 * What cannot be read is no record: then nothing is retired, and the operators are asked.
 */
export function readRecord(reported: unknown): RotationRecord {
  const open = v.safeParse(openSchema, reported)
  if (open.success) {
    const { progress, oldCertificateId, newCertificateId, keep } = open.output
    return { ...readRemembered(open.output), progress, oldCertificateId, newCertificateId, keep }
  }
  const settled = v.safeParse(settledSchema, reported)
  if (settled.success) {
    const { progress, oldCertificateId, newCertificateId, keep, tombstone, toldOf } = settled.output
    const certificates = { oldCertificateId, newCertificateId, keep }
    return { ...readRemembered(settled.output), progress, ...certificates, tombstone, toldOf }
  }
  const version1 = v.safeParse(version1Schema, reported)
  if (version1.success) return begunByVersion1(version1.output)
  const none = v.safeParse(noneSchema, reported)
  return none.success ? { progress: 'none', toldOf: none.output.toldOf } : noRecord
}

function readRemembered(fields: v.InferOutput<typeof openSchema | typeof settledSchema>): Remembered {
  const { jobId, executionNumber, csrDigest } = fields
  const { turn, retiring, superseded, unannounced, told, madeBy } = fields
  const hasExecution = jobId !== undefined && executionNumber !== undefined
  return {
    execution: hasExecution ? { jobId, executionNumber } : undefined,
    csrDigest,
    identities: readIdentities(fields),
    turn,
    retiring,
    superseded,
    unannounced,
    told,
    madeBy,
  }
}

/** Known as a whole or not at all: what is missing would be asked of AWS IoT anyway. */
function readIdentities(fields: object): RecordedIdentities | undefined {
  const { success, output } = v.safeParse(identitiesSchema, fields)
  return success ? output : undefined
}

function begunByVersion1(fields: v.InferOutput<typeof version1Schema>): OpenRecord {
  const { progress, oldCertificateId, newCertificateId } = fields
  const certificates = { oldCertificateId, newCertificateId, keep: oldCertificateId }
  return { ...nothingRemembered, progress, ...certificates, madeBy: 'v1' }
}

/**
 * The update of `state.reported` that turns whatever stands there into this record: updates merge, so a field that
 * the record does not have is written as null, which removes it.
 *
 * @param updatedAt ISO 8601. It only tells how long something has been waiting; no rotation is decided by it.
 */
export function writeRecord(record: RotationRecord, updatedAt: string): Record<string, unknown> {
  const { progress, toldOf, ...fields } = { ...absent, ...record }
  const { execution, identities, ...rest } = fields
  const written = {
    ...rest,
    jobId: execution?.jobId,
    executionNumber: execution?.executionNumber,
    ...(identities ?? noIdentities),
    progress: progress === 'none' ? undefined : progress,
    toldOf,
  }
  const withNulls = Object.entries(written).map(([name, value]) => [name, value ?? null] as const)
  return { schema: recordSchema, ...Object.fromEntries(withNulls), updatedAt }
}

/** When the record was last written, in milliseconds since 1970; 0, as if long ago, where it does not say. */
export function recordedAtMs(reported: unknown): number {
  const { updatedAt } = Object(reported)
  return (typeof updatedAt === 'string' && Date.parse(updatedAt)) || 0
}

const noIdentities: Readonly<Record<keyof RecordedIdentities, undefined>> = {
  oldSubject: undefined,
  oldKeyDigest: undefined,
  newKeyDigest: undefined,
  oldNotAfterMs: undefined,
  newNotAfterMs: undefined,
}

/** Every field that some record has, so that none is left standing from the record before. */
const absent = {
  execution: undefined,
  oldCertificateId: undefined,
  newCertificateId: undefined,
  keep: undefined,
  csrDigest: undefined,
  identities: undefined,
  turn: undefined,
  retiring: undefined,
  superseded: undefined,
  unannounced: undefined,
  told: undefined,
  madeBy: undefined,
  tombstone: undefined,
  toldOf: undefined,
}
