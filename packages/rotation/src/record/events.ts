import type { CertificateId, CsrDigest, JobId } from '@rotator/protocol/ids'
import type { ExecutionStatus } from '@rotator/protocol/messages/jobs'

/** What the record is asked to decide. Everything in it was parsed and read before the record was. */
export type RecordEvent = CreateEvent | CommitEvent | EndedEvent | RetiredEvent

/**
 * The execution that an event belongs to: `x` in the table.
 *
 * The number is missing where a version 1 device names only the job and AWS IoT Jobs no longer knows the
 * execution, and in the events of AWS IoT Jobs, which carry none.
 */
export interface EventExecution {
  jobId: JobId
  executionNumber: number | undefined
}

/**
 * How an execution stands.
 *
 * - in-progress: IN_PROGRESS
 * - over: a terminal status, gone, or never heard of (410, ResourceNotFound)
 * - unclear: QUEUED, or AWS IoT Jobs did not say
 */
export type ExecutionView = 'in-progress' | 'over' | 'unclear'

export interface DeviceRequest {
  /** The certificate that authenticated the connection. */
  principal: CertificateId
  /**
   * Of version 1 is a request without `executionNumber`; its number comes from the same answer of AWS IoT Jobs
   * as `view`, which is read before the record.
   */
  version: 'v1' | 'v2'
  execution: EventExecution
  view: ExecutionView
}

export interface CreateEvent extends DeviceRequest {
  kind: 'create'
  csrDigest: CsrDigest
}

export interface CommitEvent extends DeviceRequest {
  kind: 'commit'
  /** What the device believes that it is connected with; undefined where it did not say. */
  certificateId: CertificateId | undefined
  /** 0 where the device did not say. */
  turn: number
  confirmed: boolean
  /** The device has lost the other identity, so that it can never go over to it. */
  alone: boolean
}

/** `DELETED` is the event of a deleted execution, which does not tell how it had ended. */
export type EndStatus = Exclude<ExecutionStatus, 'QUEUED' | 'IN_PROGRESS'> | 'DELETED'

export interface EndedEvent {
  kind: 'ended'
  execution: EventExecution
  status: EndStatus
  /**
   * Which component reported FAILED, as far as that is known. One of version 1 that takes the place of ours in the middle
   * of a rotation knows nothing of it, and reports FAILED whatever the device is connected with.
   */
  reporter?: 'v1' | 'v2'
}

export interface RetiredEvent {
  kind: 'retired'
  certificateId: CertificateId
}

/** What costs a call, so that it is read only when a decision asks for it. */
export interface Facts {
  /** How the record's own execution stands, read after the record. */
  recordExecution?: ExecutionView
  /** How the event's own execution stands, read after the record once more. */
  eventExecution?: ExecutionView
  attached?: AttachedPrincipals
}

/** The certificates of the thing. Lists can be stale, so a refusal needs a second look, some seconds later. */
export interface AttachedPrincipals {
  look: 'first' | 'second'
  principals: readonly AttachedPrincipal[]
}

export interface AttachedPrincipal {
  certificateId: CertificateId
  exclusive: boolean
}
