import { keyAlgorithms, signingAlgorithms } from '@rotator/protocol/algorithms'
import { deviceFailureCodes, type FailureCode } from '@rotator/protocol/failure-codes'
import {
  certificateIdSchema,
  csrDigestSchema,
  executionNumberSchema,
  jobIdSchema,
  turnSchema,
} from '@rotator/protocol/ids'
import { isRejectionCode } from '@rotator/protocol/rejection-codes'
import * as v from 'valibot'
import type { Live } from './live.ts'

/**
 * What the device knows of its rotation, one shape a phase, each with exactly what the phase relies on.
 * These schemas are also the journal's content, so every value survives JSON: absent is null, never undefined.
 */

/** SHA-256 of what names one life of Greengrass (its SVCUID, which is secret, or a unit's invocation). */
export const serviceDigestSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u), v.brand('ServiceDigest'))
export type ServiceDigest = v.InferOutput<typeof serviceDigestSchema>

const executionSchema = v.object({ jobId: jobIdSchema, executionNumber: executionNumberSchema })

const isFailureCode = (code: unknown): boolean =>
  typeof code === 'string' && (Object.hasOwn(deviceFailureCodes, code) || isRejectionCode(code))

/** Why an execution ends FAILED: a code of the tables and a sentence for the operator. */
const failureSchema = v.object({ code: v.custom<FailureCode>(isFailureCode), reason: v.string() })
export type Failure = v.InferOutput<typeof failureSchema>

const nameOf = <T extends string>(table: Record<T, unknown>) =>
  v.custom<T>(name => typeof name === 'string' && Object.hasOwn(table, name))

const algorithmsSchema = v.object({
  keyAlgorithm: nameOf(keyAlgorithms),
  signingAlgorithm: nameOf(signingAlgorithms),
})

/** `service`: the life of Greengrass that this process belongs to. `restarts`: asked for so far without success. */
const always = { service: serviceDigestSchema, restarts: v.pipe(v.number(), v.integer(), v.minValue(0)) }

/** `backend`: which version of it the replies have shown so far in this rotation. */
const rotation = { execution: executionSchema, backend: v.picklist(['unknown', 'v1', 'v2']) }

/** `extended`: the job's document says more than that a rotation is wanted, and version 1 of the backend takes no such. */
const documented = { extended: v.optional(v.boolean(), false) }

const switched = {
  ...always,
  ...rotation,
  oldCertificateId: certificateIdSchema,
  newCertificateId: certificateIdSchema,
  turn: turnSchema,
  /** A commit over NEW has perhaps been recorded although no answer came: a bare refusal is no evidence then. */
  repeated: v.boolean(),
  /** The switch was found without its own execution; `execution` is a later one that only serves to ask. */
  adopted: v.boolean(),
  /**
   * Before the switch the probe reached nothing although messages came, so it cannot find the endpoint at all: that it
   * reaches nothing is no news of the network.
   */
  blind: v.optional(v.boolean(), false),
}

/** Two identities that were found without the journal that explains them. `side` is the one in use. */
const leftoverSchema = v.object({
  side: v.picklist(['old', 'new']),
  oldCertificateId: certificateIdSchema,
  newCertificateId: certificateIdSchema,
})
export type Leftover = v.InferOutput<typeof leftoverSchema>

const idle = v.object({
  phase: v.literal('idle'),
  ...always,
  /** The execution that a key is being made for. */
  making: v.nullable(v.object({ execution: executionSchema, algorithms: algorithmsSchema, ...documented })),
  leftover: v.nullable(leftoverSchema),
  /** Why what is stored could not be read so far: a switch that was not settled may be among it. */
  unread: v.optional(v.nullable(failureSchema), null),
})

const ask = v.object({
  phase: v.literal('ask'),
  ...always,
  ...rotation,
  ...documented,
  csrDigest: csrDigestSchema,
  oldCertificateId: certificateIdSchema,
  /** Jobs has recorded IN_PROGRESS; only then is a certificate asked for. */
  begun: v.boolean(),
})

const check = v.object({
  phase: v.literal('check'),
  ...always,
  ...rotation,
  csrDigest: csrDigestSchema,
  oldCertificateId: certificateIdSchema,
  /** Kept here because a version 1 backend does not answer twice. */
  certificatePem: v.string(),
  /** The id that the backend gave; null from a version 1 backend. */
  announcedId: v.nullable(certificateIdSchema),
  /** The id of what was read, once the certificate was found usable. */
  newCertificateId: v.nullable(certificateIdSchema),
})

const install = v.object({
  phase: v.literal('install'),
  ...switched,
  /** Why the switch cannot be done; from then on it is undone. */
  undo: v.nullable(v.string()),
})

const restart = v.object({
  phase: v.literal('restart'),
  ...switched,
  /** The life of Greengrass that still uses the identity from before. */
  before: serviceDigestSchema,
  /** Null on the way to NEW; on the way back to OLD, why. */
  failure: v.nullable(failureSchema),
})

const commit = v.object({
  phase: v.literal('commit'),
  ...switched,
  /** The final rejection of this question; it leads back to OLD unless OLD is refused. */
  refusal: v.nullable(failureSchema),
  /** The execution is known to be over; only a version 1 backend leaves that for the device to judge. */
  over: v.boolean(),
  /** OLD is not stored any more, so there is no way back, whatever the cloud says. */
  alone: v.optional(v.boolean(), false),
})

const finish = v.object({
  phase: v.literal('finish'),
  ...switched,
  refusal: v.nullable(failureSchema),
  /** The execution is over, so SUCCEEDED cannot be recorded and the commit is confirmed instead. */
  over: v.boolean(),
})

const rollback = v.object({ phase: v.literal('rollback'), ...switched, failure: failureSchema })
const consent = v.object({
  phase: v.literal('consent'),
  ...switched,
  failure: failureSchema,
  /** NEW is not stored any more, so there is no way forward, whatever the cloud says. */
  alone: v.optional(v.boolean(), false),
  /** The record has said that it is NEW that is kept. Only where that cannot be followed is it remembered. */
  overruled: v.optional(v.boolean(), false),
})
const forward = v.object({ phase: v.literal('forward'), ...switched })

const fail = v.object({
  phase: v.literal('fail'),
  ...always,
  execution: executionSchema,
  failure: failureSchema,
  begun: v.boolean(),
  /** What is stored could not be read: nothing was made of it, and nothing of it may be dropped. */
  unread: v.optional(v.boolean(), false),
})

const close = v.object({ phase: v.literal('close'), ...always })

export const durableStateSchema = v.variant('phase', [
  idle,
  ask,
  check,
  install,
  restart,
  commit,
  finish,
  rollback,
  consent,
  forward,
  fail,
  close,
])
export type DurableState = v.InferOutput<typeof durableStateSchema>

/** `live` is what only this process knows: counters of waiting, left out of the journal. */
export type State = DurableState & { live: Live }
export type Phase = State['phase']
export type In<P extends Phase> = Extract<State, { phase: P }>
/** The phases from the switch on, which hold two identities. */
export type Switched = Extract<State, { turn: number }>
/** What is carried from one of them to the next. */
export type SwitchedFacts = Omit<In<'forward'>, 'phase'>
export type Backend = In<'ask'>['backend']
