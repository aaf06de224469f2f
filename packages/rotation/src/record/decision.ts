import type { CertificateId, ExecutionId } from '@rotator/protocol/ids'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import type { EndStatus, EventExecution } from './events.ts'
import type { OpenRecord, RotationRecord } from './record.ts'
import type { RowId } from './rows.ts'

/** What the record answers to an event: a decision, a question first, or an order to issue a certificate first. */
export type Decision = Decided | Need | Issue

/**
 * One decision, to be carried out in the order of its fields.
 *
 * A write that loses its race voids all of it: read again, decide again.
 */
export interface Decided {
  kind: 'decided'
  /** The row of the table that decided. */
  row: RowId
  /** Rows that matched before and left the decision to those below them. */
  passed: readonly RowId[]
  /** The record to write, conditionally on the version that was read; undefined where nothing changes. */
  next: RotationRecord | undefined
  say: Say
  /** To be queued for retirement. */
  queue: readonly CertificateId[]
  /** To be told to the operators. */
  tell: Notice | undefined
  /**
   * Written, conditionally on the version that `next` got, only after the operators were told; losing that race is
   * harmless. A handler that dies before it tells once more, it never keeps quiet.
   */
  afterTelling: RotationRecord | undefined
}

/** A fact is missing. Read it and decide again with it; the event stays the same. */
export type Need =
  | {
      kind: 'need'
      /**
       * - record-execution: how the record's own execution stands
       * - attached-principals: the thing's certificates, a first look
       * - attached-principals-again: a second look, some seconds after the first
       */
      fact: 'record-execution' | 'attached-principals' | 'attached-principals-again'
    }
  | { kind: 'need'; fact: 'event-execution'; execution: ExecutionId }

/**
 * Check the request against the principal's certificate, issue, then write what `recordIssued` makes of it, then
 * policies, attach, answer. If the write loses its race, retire the certificate just issued and decide again.
 */
export interface Issue {
  kind: 'issue'
  row: RowId
  /** The record to write, but for what only the issued certificate can tell. */
  draft: Omit<OpenRecord, 'newCertificateId' | 'identities'>
  /** As in {@link Decided}, once the record is written. */
  queue: readonly CertificateId[]
  tell: Notice | undefined
}

export type Say =
  /** To a create: attach this certificate and its policies where that is missing, then answer with it. */
  | { kind: 'certificate'; certificateId: CertificateId }
  /** To a commit. The certificate is the principal's, so that a device which believes otherwise drops the answer. */
  | { kind: 'accepted'; certificateId: CertificateId; confirmed: boolean }
  /** `certificateIds` are named in the message for the operator. */
  | { kind: 'rejected'; code: RejectionCode; certificateIds: readonly CertificateId[] }
  | { kind: 'silence' }

/**
 * What the operators must know. Kinds:
 *
 * - old-kept: the execution did not succeed, the device stays on OLD, NEW is retired
 * - new-kept: the rotation succeeded on the device, though its execution did not
 * - both-kept: it is not known which certificate the device uses; both stay until the device speaks
 * - old-lost: the device has nothing but NEW, though its rotation was not finished; both stay until it confirms NEW
 * - ended-without-certificate: an execution ended that no certificate was made for, or none is known of
 * - ended-beside: an execution ended while the record belongs to another
 * - given-by-hand: the device uses a certificate that no record of a rotation names; the rotation starts from it
 * - unknown-certificate: a create was refused because of the named certificates
 * - choose: there is no record; the operators must detach what the device does not use
 */
export interface Notice {
  kind:
    | 'old-kept'
    | 'new-kept'
    | 'both-kept'
    | 'old-lost'
    | 'ended-without-certificate'
    | 'ended-beside'
    | 'given-by-hand'
    | 'unknown-certificate'
    | 'choose'
  execution: EventExecution
  /** Only of an end. */
  status: EndStatus | undefined
  oldCertificateId: CertificateId | undefined
  newCertificateId: CertificateId | undefined
  /** The certificates that the sentence is about beside these two. */
  certificateIds: readonly CertificateId[]
}
