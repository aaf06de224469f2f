import * as v from 'valibot'

/** A thing's name: 1 to 128 of letters, digits, `:`, `_` and `-`. */
export const thingNameSchema = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9:_-]{1,128}$/u), v.brand('ThingName'))
export type ThingName = v.InferOutput<typeof thingNameSchema>

/** A job's id: 1 to 64 of letters, digits, `_` and `-`. */
export const jobIdSchema = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9_-]{1,64}$/u), v.brand('JobId'))
export type JobId = v.InferOutput<typeof jobIdSchema>

/** A certificate's id in AWS IoT: the SHA-256 of its DER in 64 lower-case hexadecimal digits. */
export const certificateIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u), v.brand('CertificateId'))
export type CertificateId = v.InferOutput<typeof certificateIdSchema>

export const executionNumberSchema = v.pipe(v.number(), v.integer(), v.minValue(1))

/** SHA-256 of a CSR's DER, 64 lower-case hexadecimal digits. */
export const csrDigestSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u), v.brand('CsrDigest'))
export type CsrDigest = v.InferOutput<typeof csrDigestSchema>

/** How often the device has changed sides: one more at every rollback and every forward. */
export const turnSchema = v.pipe(v.number(), v.integer(), v.minValue(0))

/** One thing's share of a job: `x` in the tables. Different ones have no order. */
export interface ExecutionId {
  jobId: JobId
  executionNumber: number
}

export function sameExecution(a: ExecutionId, b: ExecutionId): boolean {
  return a.jobId === b.jobId && a.executionNumber === b.executionNumber
}
